using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>What the child says over its close-on-exec pipe, read by the parent.</summary>
internal static unsafe class ChildReport
{
    /// <summary>In place of an operation's index: the setup is done.</summary>
    public const int ReadyIndex = -1;

    /// <summary>The child waits for the parent to do something: see <see cref="ChildStage"/>.</summary>
    private const int FirstStage = -2;

    /// <summary>
    /// Reads one report. True: ready. False: the pipe was closed by execve (or by the child's death; its exit status tells). A failure throws.
    /// </summary>
    /// <param name="atStage">What to do when the child waits for it, with a number that it says.</param>
    public static bool Read(int fd, OperationList operations, Action<ChildStage, int>? atStage = null)
    {
        while (true)
        {
            var (index, value) = ReadOne(fd, operations);
            if (index > FirstStage)
            {
                return index == ReadyIndex;
            }

            atStage!((ChildStage)index, value);
        }
    }

    /// <summary>Appends what the child does first: so that it sees its parent's death when it waits.</summary>
    public static void Begin(OperationList operations, ChildDescriptors fds)
    {
        if (fds.ResumeOther >= 0)
        {
            operations.Syscall(Nr.close, "close", "the runtime's end of the pipe", null, fds.ResumeOther);
        }
    }

    /// <summary>Appends what makes the child say that it has come to a stage, and wait.</summary>
    public static void Await(OperationList operations, int errors, int resume, ChildStage stage, Argument? value = null)
    {
        var report = (int*)operations.Allocate(2 * sizeof(int));
        report[0] = (int)stage;
        if (value is { } known)
        {
            operations.Add(OperationKind.StoreInt, "store", null, null, known, report + 1);
        }

        operations.Syscall(Nr.write, "write", "report", null, errors, report, 2 * sizeof(int));
        operations.Add(OperationKind.AwaitParent, "read", "the runtime's answer", null, resume);
    }

    /// <summary>An index or stage; 0 for the end of the pipe.</summary>
    private static (int Index, int Value) ReadOne(int fd, OperationList operations)
    {
        var report = stackalloc int[2];
        nint length;
        do
        {
            length = RawSyscall.InvokeBlocking(Nr.read, fd, (nint)report, 2 * sizeof(int));
        }
        while (length == -Linux.EINTR);

        if (length <= 0)
        {
            return (0, 0);
        }

        if (report[0] < 0)
        {
            return (report[0], report[1]);
        }

        throw Failure(operations, report[0], report[1]);
    }

    private static SetupException Failure(OperationList operations, int index, int errno)
    {
        var isCommand = operations[index].Kind is OperationKind.Exec or OperationKind.ExecUnderInit or OperationKind.RequireCommand;
        if (operations[index].Kind == OperationKind.RunHook)
        {
            return new SetupException($"{operations.Call(index)}: {operations.Subject(index)}: {HookOperations.Outcome(errno)}");
        }

        var command = operations.Subject(index);
        if (!isCommand)
        {
            const int ELOOP = 40;
            var why = errno == ELOOP && command is "/proc" or "/sys" ? $": the filesystem of {command} must be mounted on ordinary directory" : "";
            return new SetupException(operations.Describe(index, errno) + why);
        }

        if (errno == Interpreter.NoInterpreter)
        {
            return new SetupException($"exec {command}: no such file or directory: its interpreter is missing", FailureKind.ExecNotFound);
        }

        return errno is Linux.ENOENT or Linux.ENOTDIR
            ? new SetupException(
                command.Contains('/') ? $"exec: \"{command}\": stat {command}: no such file or directory" : $"exec: \"{command}\": executable file not found in $PATH",
                FailureKind.ExecNotFound)
            : new SetupException($"exec: \"{command}\": {Errno.Text(errno)}", FailureKind.ExecNotExecutable);
    }
}

/// <summary>Where the child waits for its parent.</summary>
internal enum ChildStage
{
    /// <summary>In its new user namespace, without any id.</summary>
    MapIds = -2,

    /// <summary>All namespaces are there, the root is not entered yet: time for the <c>prestart</c> and <c>createRuntime</c> hooks.</summary>
    Hooks = -3,

    /// <summary>The filter is loaded; the number is its listener's descriptor.</summary>
    SeccompListener = -4,

    /// <summary>In its network namespace: interfaces of the host can be moved there.</summary>
    NetDevices = -5,

    /// <summary>The number is the pid of the process that goes on: see <see cref="OperationKind.ForkOnce"/>.</summary>
    Forked = -6,

    /// <summary>The number is the descriptor of a detached mount that is to be id-mapped.</summary>
    MapMount = -7,
}
