using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// Runs the flat program in the child. The child is a copy of a process whose other threads are gone, so nothing here may
/// allocate, lock, throw, use a static field or call anything that does: only unmanaged memory and <see cref="RawSyscall"/>.
/// <code>
/// parent                                child
///   clone3  ────────────────────────►   operation 0, 1, 2 …
///   read error pipe ◄── (stage, 0)      where the parent has something to do: maps of ids, hooks
///   do it, one byte ────────────────►   goes on
///                   ◄── (index, errno)  at the first failure, then _exit(1)
///                   ◄── end of file     execve closed the pipe: the command runs
/// </code>
/// </summary>
internal static unsafe partial class Interpreter
{
    private const int EPERM = 1, ENOENT = 2, EINTR = 4, EAGAIN = 11, EACCES = 13, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EPIPE = 32;
    private const int AT_FDCWD = -100, AT_EACCESS = 0x200, AT_EMPTY_PATH = 0x1000;
    private const int O_PATH = 0x200000, O_CLOEXEC = 0x80000;

    /// <summary>
    /// In place of ENOENT of execve(2) when the file itself is there: what its first line, or its program header, names is not. ELIBBAD, which the call gives only for
    /// old formats.
    /// </summary>
    public const int NoInterpreter = 80;

    /// <summary>Never returns. A failure goes to <paramref name="errorFd"/> as two 32-bit integers: operation, error number.</summary>
    public static void Run(Operation* operations, int count, nint* slots, int errorFd)
    {
        for (var i = 0; i < count; i++)
        {
            var operation = operations + i;
            var result = Execute(operation, slots, i, errorFd, out var skip);
            if (result < 0)
            {
                var errno = (int)-result;
                if (errno != operation->TolerateFirst && errno != operation->TolerateSecond && operation->TolerateFirst != Operation.Any)
                {
                    Fail(errorFd, i, errno);
                }

                skip = operation->SkipWhenTolerated;
            }

            if (operation->Store >= 0)
            {
                slots[operation->Store] = result;
            }

            i += skip;
        }

        Exit(0);
    }

    internal static void Fail(int errorFd, int index, int errno)
    {
        var report = stackalloc int[2];
        report[0] = index;
        report[1] = errno;
        RawSyscall.Invoke(Nr.write, errorFd, (nint)report, 2 * sizeof(int));
        Exit(1);
    }

    internal static void Exit(int code)
    {
        while (true)
        {
            RawSyscall.Invoke(Nr.exit_group, code);
        }
    }

    private static nint Execute(Operation* operation, nint* slots, int index, int errorFd, out int skip)
    {
        var mask = operation->SlotMask;
        var a = (mask & 1) != 0 ? slots[operation->A] : operation->A;
        var b = (mask & 2) != 0 ? slots[operation->B] : operation->B;
        var c = (mask & 4) != 0 ? slots[operation->C] : operation->C;
        skip = 0;
        switch (operation->Kind)
        {
            case OperationKind.Syscall:
                var d = (mask & 8) != 0 ? slots[operation->D] : operation->D;
                var e = (mask & 16) != 0 ? slots[operation->E] : operation->E;
                var f = (mask & 32) != 0 ? slots[operation->F] : operation->F;
                return RawSyscall.Invoke(operation->Number, a, b, c, d, e, f);
            case OperationKind.Fail:
                return -a;
            case OperationKind.OpenInRoot:
                return OpenInRoot((int)a, (PathRequest*)b);
            case OperationKind.FormatFdPath:
                FormatFdPath((int)a, (byte*)b);
                return 0;
            case OperationKind.StoreInt:
                *(int*)b = (int)a;
                return 0;
            case OperationKind.SkipUnlessDirectory:
                var mode = Mode((int)a);
                skip = mode >= 0 && (mode & 0xf000) != 0x4000 ? (int)b : 0;
                return mode;
            case OperationKind.SkipIfZero:
                skip = a == 0 ? (int)b : 0;
                return 0;
            case OperationKind.RequireCharacterDevice:
                return RequireCharacterDevice((int)a, (uint)b, (uint)c);
            case OperationKind.OwnUnlessDevice:
                return OwnUnlessDevice((int)a, b, c);
            case OperationKind.EndLinesPlainly:
                return EndLinesPlainly((int)a);
            case OperationKind.FormatMode:
                return FormatMode((int)a, (byte*)b);
            case OperationKind.RequireFilesystem:
                return RequireFilesystem((int)a, b);
            case OperationKind.RequireAbsoluteCwd:
                var length = RawSyscall.Invoke(Nr.getcwd, a, b);
                return length < 0 ? length : *(byte*)a == (byte)'/' ? 0 : -ENOENT;
            case OperationKind.AwaitParent:
                return AwaitParent((int)a);
            case OperationKind.ForkOnce:
                return ForkOnce(errorFd);
            case OperationKind.RunHook:
                var outcome = HookProcess.Run((HookRequest*)a);
                if (outcome < 0 && b != 0)
                {
                    Tell((int)c, (byte*)b, (int)-outcome);
                }

                return outcome;
            case OperationKind.ResetSignals:
                ResetSignals(a);
                return 0;
            case OperationKind.RequireCommand:
                return RequireCommand((byte**)a);
            case OperationKind.Exec:
                var refused = Exec((byte**)a, b, c);
                if (operation->D != 0)
                {
                    Complain((ExecComplaint*)operation->D, (int)-refused);
                }

                return refused;
            case OperationKind.ExecUnderInit:
                ContainerInit.Run((byte**)a, b, c, index, errorFd);
                return 0;
            default:
                return -ENODEV;
        }
    }

    private static nint ForkOnce(int errorFd)
    {
        // Its exit signal is then that of this process, which the kernel takes no other for.
        const int CLONE_PARENT = 0x8000;
        var pid = RawSyscall.Invoke(Nr.clone, CLONE_PARENT);
        if (pid > 0)
        {
            var report = stackalloc int[2];
            report[0] = (int)ChildStage.Forked;
            report[1] = (int)pid;
            RawSyscall.Invoke(Nr.write, errorFd, (nint)report, 2 * sizeof(int));
            Exit(0);
        }

        return pid;
    }

    private static nint AwaitParent(int fd)
    {
        byte go;
        nint length;
        do
        {
            length = RawSyscall.Invoke(Nr.read, fd, (nint)(&go), 1);
        }
        while (length == -EINTR);
        return length == 1 ? 0 : length < 0 ? length : -EPIPE;
    }

    /// <summary>CLONE_CLEAR_SIGHAND would leave ignored signals ignored, and the monitor ignores several.</summary>
    internal static void ResetSignals(nint endingHandler = 0)
    {
        // struct kernel_sigaction: handler, flags, restorer, mask of 64 bits; all zero is SIG_DFL. The kernel demands a restorer for a handler, also for one that never returns.
        const int SA_RESTORER = 0x04000000;
        var action = stackalloc nint[4];
        var ending = stackalloc nint[4];
        action[0] = action[1] = action[2] = action[3] = ending[3] = 0;
        (ending[0], ending[1], ending[2]) = (endingHandler, SA_RESTORER, endingHandler);
        for (var signal = 1; signal <= 64; signal++)
        {
            RawSyscall.Invoke(Nr.rt_sigaction, signal, (nint)(endingHandler != 0 && EndsByDefault(signal) ? ending : action), 0, 8);
        }

        const int SIG_SETMASK = 2;
        RawSyscall.Invoke(Nr.rt_sigprocmask, SIG_SETMASK, (nint)action, 0, 8);
    }

    // signal(7): CHLD, CONT, TSTP, TTIN, TTOU, URG and WINCH do something else. What no program may handle is refused, and stays.
    private static bool EndsByDefault(int signal) => signal is not (17 or 18 or 20 or 21 or 22 or 23 or 28);
}
