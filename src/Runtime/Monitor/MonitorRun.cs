using System.Runtime.CompilerServices;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Foreign;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Lifecycle;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Monitor;

/// <summary>What the <c>monitor</c> verb was asked for.</summary>
internal sealed record MonitorOptions(
    string Id, string Root, string Bundle, int StatusFd, bool KeepsLog, long LogMaxSize, int LogMaxFiles, bool Terminal, bool Stdin, bool HoldOutput = false,
    ForeignRuntime? Runtime = null);

/// <summary>One run of one container, from its making to its exit record.</summary>
internal sealed class MonitorRun(MonitorOptions options)
{
    // Who asked for the output to be held connects at once, or has been killed: then the container must not wait for ever.
    private static readonly TimeSpan PatienceWithAttachment = TimeSpan.FromSeconds(10);

    private readonly LogClock _clock = new();
    private readonly StateDirectory _state = new(options.Root, options.Id);
    private readonly string _bundle = Path.GetFullPath(options.Bundle);
    private string? _cgroupPath;
    private bool _createdCgroup;
    private bool _hasPostStop;

    /// <summary>Whether the one line on the status descriptor has been written.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Returns when the container has ended and is recorded. Throws when it could not be started; then nothing is left of it.</summary>
    public void Run()
    {
        if (!_state.TryCreate() && !TryTakeOver())
        {
            throw new SetupException($"container with id exists: {options.Id}");
        }

        try
        {
            Failpoint.Reach("monitor.claimed");
            using var record = new ExitRecordFile(_bundle);
            var begun = Begin(record);
            using (begun.Loop)
            using (begun.PidFd)
            {
                // What the start needed is not needed again, and a monitor may live for months.
                Memory.GiveBack();
                if (options.HoldOutput)
                {
                    begun.Loop.AwaitAttachment(PatienceWithAttachment);
                }

                var status = begun.Loop.Run(begun.PidFd);
                Failpoint.Reach("monitor.record.before");
                record.Write(new ExitRecord(
                    begun.Pid, begun.StartTime, BootId.Current, begun.StartedAt, Encoding.ASCII.GetString(_clock.Now()), status.ExitCode, status.Signal, OomKills(),
                    (long)(BootClock.Now - begun.Since).TotalMilliseconds));
                Failpoint.Reach("monitor.record.after");
            }
        }
        finally
        {
            _state.Remove();
            Failpoint.Reach("monitor.released");
            if (_createdCgroup)
            {
                RemoveCgroup();
            }

            if (_hasPostStop)
            {
                var spec = Bundle.Read(_bundle);
                DeleteRun.PostStop(options.Id, _bundle, spec.Annotations, spec.Hooks?.Poststop);
            }
        }
    }

    /// <summary>A run that has begun: all that is remembered of its start.</summary>
    private readonly record struct Begun(MonitorLoop Loop, PidFd PidFd, int Pid, ulong StartTime, string StartedAt, TimeSpan Since);

    // A method of its own, so that nothing of config.json stays reachable from the stack while the container runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Begun Begin(ExitRecordFile record)
    {
        try
        {
            var spec = Read();
            using var cgroup = spec.Linux?.CgroupsPath is { Length: > 0 } path ? CgroupEntry.Open(path) : null;
            _cgroupPath = cgroup?.Cgroup.Path;
            _createdCgroup = cgroup?.Created ?? false;
            var (loop, pid, pidFd) = Start(spec, cgroup);
            var stat = ProcessStat.Of(pid) ?? throw new LinuxException("read", ESRCH, $"/proc/{pid}/stat");
            var (startedAt, since) = (Encoding.ASCII.GetString(_clock.Now()), BootClock.Now);
            HookRun.All("poststart", spec.Hooks?.Poststart, HookRun.State(options.Id, ContainerStatus.Running, pid, _bundle, spec.Annotations));
            _hasPostStop = spec.Hooks is { Poststop.Count: > 0 };
            Announce(spec, pid, stat.StartTime, startedAt);
            return new Begun(loop, pidFd, pid, stat.StartTime, startedAt, since);
        }
        catch when (!HasStarted)
        {
            record.Discard();
            throw;
        }
    }

    /// <summary>Clears what a monitor that was killed left of the same container; false when somebody of it still lives.</summary>
    private bool TryTakeOver()
    {
        if (StateFile.Read(_state) is { } state)
        {
            using var init = state.Init.OpenIfAlive();
            using var monitor = new ProcessIdentity(state.MonitorPid, state.MonitorStartTime, state.BootId).OpenIfAlive();
            if (init is not null || monitor is not null)
            {
                return false;
            }
        }

        _state.Remove();
        return _state.TryCreate();
    }

    private RuntimeSpec Read()
    {
        var spec = Bundle.Read(_bundle);
        var process = spec.Process ?? throw new SetupException("config.json has no process");
        return spec with { Process = process with { Terminal = options.Terminal || process.Terminal } };
    }

    private (MonitorLoop Loop, int Pid, PidFd PidFd) Start(RuntimeSpec spec, CgroupEntry? cgroup)
    {
        var streams = new ContainerStreams(spec.Process!.Terminal, options.Stdin, relaysOutput: options.KeepsLog || options.Stdin || options.HoldOutput);
        var (pid, pidFd) = options.Runtime is { } foreign
            ? new ForeignStart(foreign, _state, _bundle).Run(spec, cgroup, streams)
            : StartOwn(spec, cgroup, streams);
        Failpoint.Reach("monitor.command-runs");
        streams.CloseTheirs();
        return (MakeLoop(streams), pid, pidFd);
    }

    private (int Pid, PidFd PidFd) StartOwn(RuntimeSpec spec, CgroupEntry? cgroup, ContainerStreams streams)
    {
        var namespaces = new NamespacePlan(spec.Linux?.Namespaces);
        if (!namespaces.Has("mount"))
        {
            // Nobody would unmount what it leaves if we were killed.
            throw new SetupException("linux.namespaces must have a mount namespace: the container's mounts would be the host's");
        }

        var errors = FileDescriptor.Pipe();
        var console = streams.IsTerminal ? FileDescriptor.SocketPair() : (-1, -1);
        var fds = new ChildDescriptors
        {
            Errors = errors.Write,
            CgroupTasks = cgroup?.Tasks ?? [],
            Stdin = streams.Stdin.Theirs,
            Stdout = streams.Stdout.Theirs,
            Stderr = streams.Stderr.Theirs,
            ConsoleSocket = console.Item2,
        };
        using var guide = new ChildGuide(spec, namespaces, options.Id, _bundle);
        using var operations = ContainerProgram.Build(
            spec, _bundle, namespaces, guide.AddTo(fds), CapabilitySets.OfThisThread(), dieWithParent: true, MountApi.HasDescriptors);
        var pidNamespace = namespaces.JoinedPid is { } path ? FileDescriptor.Open(path, O_RDONLY) : -1;
        Failpoint.Reach("monitor.launch.before");
        var child = Launcher.Launch(operations, namespaces.ForClone, errors.Write, cgroup?.Directory ?? -1, pidNamespace);
        guide.Follow(child.Pid, child.PidFd);
        Failpoint.Reach("monitor.launch.after");
        foreach (var fd in (ReadOnlySpan<int>)[errors.Write, pidNamespace, console.Item2])
        {
            FileDescriptor.Close(fd);
        }

        try
        {
            AwaitCommand(errors.Read, operations, guide);
        }
        catch
        {
            guide.PidFd.SendSignal(Signal.Kill);
            guide.PidFd.Reap();
            throw;
        }

        FileDescriptor.Close(errors.Read);
        if (streams.IsTerminal)
        {
            streams.Terminal = FileDescriptor.Receive(console.Item1);
            FileDescriptor.Close(console.Item1);
        }

        return (guide.Pid, guide.PidFd);
    }

    private MonitorLoop MakeLoop(ContainerStreams streams)
    {
        var epoll = new Epoll();
        var (input, output) = streams.IsTerminal ? (streams.Terminal, streams.Terminal) : (streams.Stdin.Ours, streams.Stdout.Ours);
        if (streams.IsTerminal)
        {
            FileDescriptor.SetNonBlocking(streams.Terminal);
        }

        var log = options.KeepsLog ? new LogFile(_bundle + "/log", options.LogMaxSize, options.LogMaxFiles, _clock) : null;
        var attach = streams.IsTerminal || options.Stdin || options.HoldOutput ? new AttachServer(epoll, _state.DirectoryPath, input, streams.IsTerminal) : null;
        return new MonitorLoop(epoll, new LogWriter(log, _clock), attach, output, streams.Stderr.Ours);
    }

    private static void AwaitCommand(int errors, OperationList operations, ChildGuide guide)
    {
        // Ready, then nothing more: execve closed the pipe. So does a child that is killed, for example by the limit of its cgroup.
        if (!ChildReport.Read(errors, operations, guide.At))
        {
            throw new SetupException($"the container's first process ended before it could start its command ({Describe(guide.PidFd.Reap())})");
        }

        ChildReport.Read(errors, operations, guide.At);
    }

    private static string Describe(ExitStatus status) => status.Signal is { } signal ? Signal.Name(signal) : $"exit {status.Code}";

    private void Announce(RuntimeSpec spec, int pid, ulong startTime, string startedAt)
    {
        var own = ProcessStat.Of(Environment.ProcessId)!.Value.StartTime;
        new StateFile
        {
            Id = options.Id,
            Pid = pid,
            StartTime = startTime,
            BootId = BootId.Current,
            Bundle = _bundle,
            Created = startedAt,
            MonitorPid = Environment.ProcessId,
            MonitorStartTime = own,
            CgroupsPath = _cgroupPath,
            OwnsCgroup = _createdCgroup,
            Runtime = options.Runtime,
            Annotations = spec.Annotations,
        }.Write(_state);
        Failpoint.Reach("monitor.announce.before");
        HasStarted = true;
        StatusLine.Write(options.StatusFd, MonitorJson.Started(pid, startTime, Environment.ProcessId, own));
        Failpoint.Reach("monitor.announce.after");
    }

    // The cgroup may be gone already when whoever made it does not wait for the record.
    private long OomKills()
    {
        try
        {
            return _cgroupPath is null ? 0 : Cgroup.OpenExisting(CgroupHost.Detect(), _cgroupPath)?.ReadStats().OomKills ?? 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void RemoveCgroup()
    {
        if (Cgroup.OpenExisting(CgroupHost.Detect(), _cgroupPath!) is { } cgroup)
        {
            cgroup.Kill();
            cgroup.Remove();
        }
    }
}
