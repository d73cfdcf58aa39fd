using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>What the child says over its close-on-exec pipe, read by the parent.</summary>
internal static unsafe class ChildReport
{
    /// <summary>In place of an operation's index: the setup is done.</summary>
    public const int ReadyIndex = -1;

    /// <summary>
    /// Reads one report. True: ready. False: the pipe was closed by execve (or by the child's death; its exit status tells). A failure throws.
    /// </summary>
    public static bool Read(int fd, OperationList operations)
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
            return false;
        }

        if (report[0] == ReadyIndex)
        {
            return true;
        }

        throw Failure(operations, report[0], report[1]);
    }

    private static SetupException Failure(OperationList operations, int index, int errno)
    {
        var isCommand = operations[index].Kind is OperationKind.Exec or OperationKind.ExecUnderInit or OperationKind.RequireCommand;
        if (!isCommand)
        {
            return new SetupException(operations.Describe(index, errno));
        }

        var command = operations.Subject(index);
        return errno is Linux.ENOENT or Linux.ENOTDIR
            ? new SetupException(
                command.Contains('/') ? $"exec: \"{command}\": stat {command}: no such file or directory" : $"exec: \"{command}\": executable file not found in $PATH",
                FailureKind.ExecNotFound)
            : new SetupException($"exec: \"{command}\": {Errno.Text(errno)}", FailureKind.ExecNotExecutable);
    }
}
