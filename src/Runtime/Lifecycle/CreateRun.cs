using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>What <c>create</c> and <c>run</c> were asked for.</summary>
internal sealed record CreateOptions(string Id, string Root, string Bundle)
{
    public string? PidFile { get; init; }

    public string? ConsoleSocket { get; init; }

    public int PreservedFds { get; init; }

    public bool NewKeyring { get; init; } = true;

    public bool SystemdCgroup { get; init; }

    /// <summary>A terminal that is relayed to ours; of <c>run</c> in the foreground.</summary>
    public int OwnConsoleSocket { get; init; } = -1;

    /// <summary>Of that terminal, unless config.json says one.</summary>
    public ConsoleSize? ConsoleSize { get; init; }
}

/// <summary>
/// Makes a container whose first process waits to be started: it opens the fifo in the container's state directory, which blocks until <c>start</c>
/// opens the other end. No process of ours stays behind.
/// </summary>
internal sealed class CreateRun(CreateOptions options)
{
    private readonly StateDirectory _directory = new(options.Root, options.Id);
    private readonly string _bundle = Path.GetFullPath(options.Bundle);

    /// <summary>Returns the container and its first process, waiting. Throws when it could not be made; then nothing is left of it.</summary>
    public (Container Container, PidFd Init) Run()
    {
        var config = Bundle.ReadBytes(_bundle);
        var spec = Bundle.Parse(config, _bundle);
        if (spec.Process is { ConsoleSize: null } process && options.ConsoleSize is { } size)
        {
            spec = spec with { Process = process with { ConsoleSize = size } };
        }

        RequireConsole(spec);
        if (!_directory.TryCreate())
        {
            throw new SetupException($"container with id exists: {options.Id}");
        }

        CgroupEntry? cgroup = null;
        try
        {
            Failpoint.Reach("create.claimed");
            File.WriteAllBytes(_directory.ConfigPath, config);
            var limits = Limits.Of(spec.Linux?.Resources);
            cgroup = OpenCgroup(spec, limits);
            Failpoint.Reach("create.cgroup-made");
            cgroup?.Cgroup.Apply(limits);
            Failpoint.Reach("create.cgroup-limited");
            return Launch(spec, cgroup);
        }
        catch
        {
            _directory.Remove();
            if (cgroup is { Created: true })
            {
                cgroup.Cgroup.Kill();
                cgroup.Cgroup.Remove();
            }

            throw;
        }
        finally
        {
            cgroup?.Dispose();
        }
    }

    /// <summary>An ordinary user has a cgroup where one has been delegated to it (cgroups(7)); without, a container that asks for no limit does without.</summary>
    private CgroupEntry? OpenCgroup(RuntimeSpec spec, CgroupLimits limits)
    {
        try
        {
            return CgroupEntry.Open(CgroupsPath.Of(spec.Linux?.CgroupsPath, options.Id, options.SystemdCgroup), limits);
        }
        catch (LinuxException e) when (!Environment.IsPrivilegedProcess && limits == CgroupLimits.None && e.ErrnoName is "EACCES" or "EPERM" or "EROFS")
        {
            return null;
        }
    }

    private (Container, PidFd) Launch(RuntimeSpec spec, CgroupEntry? cgroup)
    {
        MakeFifo();
        Failpoint.Reach("create.launch.before");
        var namespaces = new NamespacePlan(spec.Linux?.Namespaces);
        var errors = FileDescriptor.Pipe();
        var fifo = FileDescriptor.Open(_directory.FifoPath, Linux.O_PATH);
        var console = options.ConsoleSocket is { } path ? UnixSocket.Connect(path) : options.OwnConsoleSocket;
        var pidNamespace = namespaces.JoinedPid is { } joined ? FileDescriptor.Open(joined, Linux.O_RDONLY) : -1;
        using var guide = new ChildGuide(spec, namespaces, options.Id, _bundle);
        var operations = ContainerProgram.Build(
            spec with { Linux = (spec.Linux ?? new LinuxSpec()) with { CgroupsPath = cgroup?.Cgroup.Path } },
            _bundle,
            namespaces,
            guide.AddTo(new ChildDescriptors
            {
                Errors = errors.Write, CgroupTasks = cgroup?.Tasks ?? [], ConsoleSocket = console, StartFifo = fifo, Preserved = options.PreservedFds,
            }),
            CapabilitySets.OfThisThread(),
            dieWithParent: false,
            MountApi.HasDescriptors,
            options.NewKeyring ? "_ses." + options.Id : null);
        var (pid, pidFd) = Launcher.Launch(operations, namespaces.ForClone, errors.Write, cgroup?.Directory ?? -1, pidNamespace);
        Failpoint.Reach("create.launch.after");
        foreach (var fd in (ReadOnlySpan<int>)[errors.Write, fifo, pidNamespace, options.ConsoleSocket is null ? -1 : console])
        {
            FileDescriptor.Close(fd);
        }

        try
        {
            if (!ChildReport.Read(errors.Read, operations, (stage, value) => guide.At(stage, value, pid, pidFd)))
            {
                throw new SetupException("the container's first process ended before it was set up");
            }

            return (Keep(spec, pid, cgroup), pidFd);
        }
        catch
        {
            pidFd.SendSignal(Signal.Kill);
            pidFd.Reap();
            pidFd.Dispose();
            throw;
        }
        finally
        {
            FileDescriptor.Close(errors.Read);
        }
    }

    private Container Keep(RuntimeSpec spec, int pid, CgroupEntry? cgroup)
    {
        var stat = ProcessStat.Of(pid) ?? throw new LinuxException("read", Linux.ESRCH, $"/proc/{pid}/stat");
        var state = new StateFile
        {
            Id = options.Id,
            Pid = pid,
            StartTime = stat.StartTime,
            BootId = BootId.Current,
            Bundle = _bundle,
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            CgroupsPath = cgroup?.Cgroup.Path,
            OwnsCgroup = cgroup?.Created ?? false,
            HasHooks = spec.Hooks is { Poststart.Count: > 0 } or { Poststop.Count: > 0 },
            Annotations = spec.Annotations,
        };
        Failpoint.Reach("create.state.before");
        state.Write(_directory);
        Failpoint.Reach("create.state.after");
        if (options.PidFile is { } file)
        {
            File.WriteAllText(file, pid.ToString(CultureInfo.InvariantCulture));
        }

        return new Container(_directory, state);
    }

    private void RequireConsole(RuntimeSpec spec)
    {
        var terminal = spec.Process?.Terminal ?? false;
        if (terminal && options.ConsoleSocket is null && options.OwnConsoleSocket < 0)
        {
            throw new SetupException("cannot allocate tty if runc will detach without setting console socket");
        }

        if (!terminal && options.ConsoleSocket is not null)
        {
            throw new SetupException("cannot use console socket if runc will not detach or allocate tty");
        }
    }

    private unsafe void MakeFifo()
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(_directory.FifoPath + "\0"))
        {
            // The container's first process opens it as the user it has become; its directory keeps everybody else away.
            const int Mode = 0b110_010_010;
            FileDescriptor.Check(RawSyscall.Invoke(Nr.mknod, (nint)path, Linux.S_IFIFO | Mode, 0), "mkfifo", _directory.FifoPath);
            FileDescriptor.Check(RawSyscall.Invoke(Nr.fchmodat, Linux.AT_FDCWD, (nint)path, Mode), "chmod", _directory.FifoPath);
        }
    }
}
