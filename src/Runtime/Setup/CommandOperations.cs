using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>The last operations, inside the container: from its root to its command. A new container and <c>exec</c> share them.</summary>
internal static class CommandOperations
{
    private const int LongestPath = 4096;

    /// <param name="terminal">The slot of the terminal's slave, or null.</param>
    public static void Build(
        OperationList operations, Process process, ChildDescriptors fds, Argument? terminal, CapabilitySets held, CommandConfinement confinement)
    {
        var filter = confinement.Filter;
        ConnectStandardDescriptors(operations, process, fds, terminal);

        // Before the filter, which need not allow it: what is opened from here on is close-on-exec. EINVAL, ENOSYS: before Linux 5.11, where the parent has done it.
        operations.Syscall(
            Nr.close_range, "close_range", null, "CLOSE_RANGE_CLOEXEC", 3 + fds.Preserved, unchecked((nint)uint.MaxValue), CLOSE_RANGE_CLOEXEC).Tolerate(EINVAL, ENOSYS);

        // Once as root, before the filter, and only if that is not let in as the user: a directory that only one of them may enter is fine (as runc has it).
        var entered = operations.NewSlot();
        EnterDirectory(operations, process.Cwd).Into(entered).Tolerate(EACCES, skip: 1);
        RequireInside(operations, process.Cwd);
        Credentials.Build(operations, process, held, confinement.Personality, () => filter?.Load(operations, fds));
        operations.Add(OperationKind.SkipIfZero, "skip", process.Cwd, null, entered, 2);
        EnterDirectory(operations, process.Cwd);
        RequireInside(operations, process.Cwd);
        if (confinement.DiesWithParent)
        {
            // After the change of user, which clears it (PR_SET_PDEATHSIG(2const)).
            operations.Syscall(Nr.prctl, "prctl", null, "PR_SET_PDEATHSIG", PR_SET_PDEATHSIG, 9);
        }

        operations.Syscall(Nr.umask, "umask", null, null, (int)(process.User.Umask ?? 18 /* 022 */));
        var candidates = operations.Texts(CommandPath.Candidates(process.Args![0], process.Env));
        if (fds.StartFifo >= 0)
        {
            operations.Add(OperationKind.RequireCommand, "access", process.Args[0], null, candidates);
        }

        var late = process.NoNewPrivileges ? filter : null;
        if (late is { HasListener: true })
        {
            // While the parent is still there to take the listener.
            late.Load(operations, fds);
            late = null;
        }

        ReportReady(operations, fds.Errors);
        if (fds.StartFifo >= 0)
        {
            if (fds.EndingHandler != 0)
            {
                operations.Add(OperationKind.ResetSignals, "rt_sigaction", null, "that end it", fds.EndingHandler);
            }

            WaitForStart(operations, fds.StartFifo, fifo => RunStartHooks(operations, process, fds, confinement, late, fifo));
        }
        else
        {
            RunStartHooks(operations, process, fds, confinement, late, null);
        }

        operations.Add(OperationKind.ResetSignals, "rt_sigaction");
        confinement.Labels?.Apply();
        late?.Load(operations, fds);

        operations.Add(
            confinement.UnderInit ? OperationKind.ExecUnderInit : OperationKind.Exec, "execve", process.Args[0], null,
            candidates, operations.Texts(process.Args), operations.Texts(process.Env ?? []), fds.StartFifo >= 0 ? Complaint(operations, process.Args[0]) : 0);
    }

    private static ref Operation EnterDirectory(OperationList operations, string path) => ref operations.Syscall(Nr.chdir, "chdir", path, null, operations.Text(path));

    // Otherwise a descriptor of the host's could be the working directory (CVE-2024-21626).
    private static void RequireInside(OperationList operations, string path) =>
        operations.Add(OperationKind.RequireAbsoluteCwd, "getcwd", path, "must lie in the container", operations.Allocate(LongestPath), LongestPath);

    // In runc's words.
    private static unsafe nint Complaint(OperationList operations, string command)
    {
        var complaint = (ExecComplaint*)operations.Allocate(sizeof(ExecComplaint));
        complaint->NotFound = operations.Text($"exec {command}: no such file or directory\n");
        complaint->Denied = operations.Text($"exec {command}: permission denied\n");
        complaint->WrongFormat = operations.Text($"exec {command}: exec format error\n");
        complaint->Other = operations.Text($"exec {command}: it cannot be executed\n");
        return (nint)complaint;
    }

    /// <summary>
    /// Everything but the command is done: the parent may say so (see <see cref="ChildReport"/>). The write also fails when the parent died before
    /// it could be named as the one to die with.
    /// </summary>
    private static unsafe void ReportReady(OperationList operations, int errors)
    {
        var report = (int*)operations.Allocate(2 * sizeof(int));
        report[0] = ChildReport.ReadyIndex;
        operations.Syscall(Nr.write, "write", "report", null, errors, report, 2 * sizeof(int));
    }

    // In the container, so with the container's environment, and under its filter, also where the process itself is not yet.
    private static void RunStartHooks(
        OperationList operations, Process process, ChildDescriptors fds, CommandConfinement confinement, SeccompProgram? late, Argument? fifo) =>
        HookOperations.Build(operations, "startContainer", confinement.StartHooks, fds.CreatedState, fifo, process.Env ?? [], late);

    /// <param name="before">Appends what <c>start</c> is to wait for, given the slot of the fifo.</param>
    private static unsafe void WaitForStart(OperationList operations, int fifo, Action<Argument> before)
    {
        // Opening blocks until `start` opens the other end; by descriptor, because the path lies outside of the container.
        var path = operations.Allocate(32);
        var opened = operations.NewSlot();
        operations.Add(OperationKind.FormatFdPath, "format", "start fifo", null, fifo, path);
        operations.Syscall(Nr.openat, "open", "start fifo", "O_WRONLY", AT_FDCWD, path, O_WRONLY | O_CLOEXEC).Into(opened);
        before(opened);
        operations.Syscall(Nr.write, "write", "start fifo", null, opened, operations.Text("0"), 1);
        operations.Syscall(Nr.close, "close", "start fifo", null, opened);
    }

    private static void ConnectStandardDescriptors(OperationList operations, Process process, ChildDescriptors fds, Argument? terminal)
    {
        if (terminal is { } slave)
        {
            ContainerConsole.Attach(operations, slave);
        }

        foreach (var (source, target) in new[] { (fds.Stdin, 0), (fds.Stdout, 1), (fds.Stderr, 2) })
        {
            if (terminal is null && source >= 0)
            {
                operations.Syscall(Nr.dup3, "dup3", $"fd {source} to {target}", null, source, target, 0);
            }

            if (process.User.Uid == 0)
            {
                continue;
            }

            // So that the user can open /dev/stdout again by its name. What is not ours to give away stays as it is.
            if (terminal is not null)
            {
                operations.Syscall(Nr.fchown, "fchown", $"fd {target}", null, target, (nint)process.User.Uid, -1).Tolerate(EPERM, EINVAL);
            }
            else
            {
                operations.Add(OperationKind.OwnUnlessDevice, "fchown", $"fd {target}", null, target, (nint)process.User.Uid, (nint)process.User.Gid).TolerateAll();
            }
        }
    }
}
