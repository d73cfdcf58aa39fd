using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Native.Terminals;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Foreign;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Lifecycle;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Exec;

/// <summary>A further process in a running container.</summary>
internal sealed class ExecRun(StateDirectory directory)
{
    public bool Detach { get; init; }

    /// <summary>Where to write the pid once the command runs.</summary>
    public string? PidFile { get; init; }

    /// <summary>The socket of an engine that wants the terminal; else it is relayed to ours.</summary>
    public string? ConsoleSocket { get; init; }

    public int PreservedFds { get; init; }

    /// <summary>Join a frozen container too: the process then waits until it is thawed.</summary>
    public bool IgnorePaused { get; init; }

    /// <summary>With <see cref="Detach"/>: nothing of our terminal is left to the process.</summary>
    public bool NullStandardDescriptors { get; init; }

    /// <summary>The socket that the process's pidfd is sent over, as <c>run</c> and <c>create</c> do too; null: none.</summary>
    public string? PidFdSocket { get; init; }

    /// <summary>The cgroups below the container's that the process is to be in; null: the container's own.</summary>
    public SubCgroups? SubCgroups { get; init; }

    /// <summary>After so many milliseconds the process is killed with all its children, whoever started us being there or not; null: never.</summary>
    public int? Timeout { get; init; }

    /// <summary>The exit code of a process that was killed at its <see cref="Timeout"/>: that of timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>Runs the process and returns its exit code; 0 at once when detached.</summary>
    /// <param name="choose">The process to run, from the container's configuration and its users.</param>
    public int Run(Func<Process, ContainerUsers, Process> choose)
    {
        var state = StateFile.Read(directory) ?? throw new SetupException($"container {directory.Id} does not exist");
        using var target = state.Init.OpenIfAlive() ?? throw new SetupException($"container {directory.Id} is not running");

        // Before anything of us can be seen in the container's pid namespace: no process there may trace us (CVE-2016-9962).
        RawSyscall.Invoke(Nr.prctl, PR_SET_DUMPABLE, 0);
        var container = new Container(directory, state);
        var spec = container.ReadSpec();
        var users = Users(state);
        var process = choose(spec.Process ?? throw new SetupException("config.json has no process"), users);
        process = process with { Env = CommandEnvironment.Of(process.Env, () => users.HomeOf(process.User.Uid)) };
        if (!IgnorePaused && container.Status == ContainerStatus.Paused)
        {
            throw new SetupException("cannot exec in a paused container (use --ignore-paused to override)");
        }

        using var cgroup = OpenCgroup(state);
        var directoryFd = cgroup?.V2Directory is { } v2 ? (int)v2.DangerousGetHandle() : -1;
        if (state.Runtime is { } foreign)
        {
            return ForeignExec.Run(foreign, directory, process, this, new CgroupPlace(Numbers(cgroup), directoryFd));
        }

        var relayed = process.Terminal && ConsoleSocket is null;
        var errors = FileDescriptor.Pipe();
        var console = ConsoleSocket is { } path ? (-1, UnixSocket.Connect(path)) : relayed ? FileDescriptor.SocketPair() : (-1, -1);
        var nothing = NullStandardDescriptors && !process.Terminal ? FileDescriptor.Open("/dev/null", O_RDWR) : -1;
        var targetFd = (int)target.DangerousGetHandle();
        using var guide = ChildGuide.ForExec(spec, directory.Id, state.Bundle);
        var fds = guide.AddTo(new ChildDescriptors
        {
            Errors = errors.Write,
            CgroupTasks = Numbers(cgroup),
            ConsoleSocket = console.Item2,
            EndsLinesPlainly = relayed && WindowSize.Of(1) is null,
            Stdin = nothing,
            Stdout = nothing,
            Stderr = nothing,
            Preserved = PreservedFds,
        });
        var operations = ExecProgram.Build(spec, process, targetFd, fds, CapabilitySets.OfThisThread(), state.HostMount);
        var own = new NamespacePlan(spec.Linux?.Namespaces).Has("pid");
        Failpoint.Reach("exec.launch.before");
        var (pid, pidFd) = Launch(operations, errors.Write, directoryFd, own ? targetFd : -1, state);
        using (pidFd)
        {
            Failpoint.Reach("exec.launch.after");
            FileDescriptor.Close(errors.Write);
            FileDescriptor.Close(console.Item2);
            guide.Follow(pid, pidFd);
            AwaitCommand(errors.Read, operations, pidFd, guide.At);
            Announce(pid, pidFd);

            if (Detach)
            {
                return 0;
            }

            using var signals = new SignalForwarding(pidFd);
            if (Timeout is { } milliseconds && !HasEnded(pidFd, milliseconds))
            {
                ProcessTree.Kill(pid);
                pidFd.Reap();
                return TimedOut;
            }

            var status = relayed ? new TerminalRelay(FileDescriptor.Receive(console.Item1)).Run(pidFd) : Wait(pidFd);
            return status.ExitCode;
        }
    }

    // A process of which the engine cannot be told is one that it would never end.
    private void Announce(int pid, PidFd pidFd)
    {
        try
        {
            if (PidFdSocket is not null)
            {
                UnixSocket.SendDescriptor(PidFdSocket, "pidfd", (int)pidFd.DangerousGetHandle());
            }

            if (PidFile is not null)
            {
                Containers.PidFile.Write(PidFile, pid);
            }
        }
        catch
        {
            pidFd.SendSignal(Signal.Kill);
            pidFd.Reap();
            throw;
        }
    }

    public static ExitStatus Wait(PidFd process)
    {
        // In poll, not in waitid: that one would not let the garbage collector in.
        using var epoll = new Monitor.Epoll();
        epoll.Add((int)process.DangerousGetHandle());
        unsafe
        {
            Monitor.Epoll.Event happened;
            while (epoll.Wait(&happened, 1, -1) == 0)
            {
            }
        }

        return process.Reap();
    }

    /// <summary>Waits; false when the time is over first.</summary>
    public static bool HasEnded(PidFd process, int milliseconds)
    {
        using var epoll = new Monitor.Epoll();
        epoll.Add((int)process.DangerousGetHandle());
        var end = Environment.TickCount64 + milliseconds;
        while (true)
        {
            unsafe
            {
                Monitor.Epoll.Event happened;
                var left = end - Environment.TickCount64;
                if (epoll.Wait(&happened, 1, (int)Math.Max(0, left)) > 0)
                {
                    return true;
                }

                if (left <= 0)
                {
                    return false;
                }
            }
        }
    }

    private static void AwaitCommand(int errors, OperationList operations, PidFd child, Action<ChildStage, int> atStage)
    {
        try
        {
            if (!ChildReport.Read(errors, operations, atStage))
            {
                throw new SetupException("the process ended before it could start its command");
            }

            ChildReport.Read(errors, operations, atStage);
        }
        catch
        {
            child.SendSignal(Signal.Kill);
            child.Reap();
            throw;
        }
    }

    private static ContainerUsers Users(StateFile state) =>
        new(path =>
        {
            var root = FileDescriptor.Open($"/proc/{state.Pid}/root", O_PATH | O_DIRECTORY);
            try
            {
                return ContainerUsers.ReadInRoot(root, path);
            }
            finally
            {
                FileDescriptor.Close(root);
            }
        });

    private CgroupJoin? OpenCgroup(StateFile state)
    {
        if (state.CgroupsPath is not { } path)
        {
            return SubCgroups is null ? null : throw new SetupException("--cgroup: the container has no cgroup");
        }

        var host = CgroupHost.Detect();
        SubCgroups?.RequireKnown([.. host.V1.Keys, .. host.V2Controllers]);
        try
        {
            return Cgroup.OpenExisting(host, path)?.OpenForJoin(SubCgroups is null ? null : SubCgroups.Of);
        }
        catch (LinuxException e) when (SubCgroups is not null)
        {
            throw new SetupException($"--cgroup: error adding pid to {e.Subject}: {Errno.Text(e.Errno)}");
        }
    }

    /// <summary>
    /// Where the container's first process has gone into a cgroup below and handed controllers down (as systemd does), nobody may join the one above (cgroups(7), "No
    /// internal processes"); where it has left its cgroup, that may be gone. The process then goes where the first one is.
    /// </summary>
    private (int Pid, PidFd PidFd) Launch(OperationList operations, int errors, int cgroup, int pidNamespace, StateFile state)
    {
        try
        {
            return Launcher.Launch(operations, 0, errors, cgroup, pidNamespace);
        }
        catch (LinuxException e) when (cgroup >= 0 && e.ErrnoName is "EBUSY" or "ENODEV" or "ENOENT")
        {
            if (SubCgroups is not null)
            {
                throw new SetupException($"--cgroup: error adding pid to cgroups: {Errno.Text(e.Errno)}");
            }

            var first = FileDescriptor.Open(UnifiedOf(state.Pid), O_RDONLY | O_DIRECTORY);
            try
            {
                return Launcher.Launch(operations, 0, errors, first, pidNamespace);
            }
            finally
            {
                FileDescriptor.Close(first);
            }
        }
    }

    private static string UnifiedOf(int pid)
    {
        const string Unified = "0::";
        foreach (var line in File.ReadLines($"/proc/{pid}/cgroup"))
        {
            if (line.StartsWith(Unified, StringComparison.Ordinal))
            {
                return CgroupHost.Detect().Unified + line[Unified.Length..];
            }
        }

        throw new SetupException($"process {pid} is in no cgroup of version 2");
    }

    private static int[] Numbers(CgroupJoin? join)
    {
        var numbers = new int[join?.V1Tasks.Count ?? 0];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (int)join!.V1Tasks[i].DangerousGetHandle();
        }

        return numbers;
    }
}
