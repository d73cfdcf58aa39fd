using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Native.Terminals;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>
/// Makes a container whose first process waits to be started: it opens the fifo in the container's state directory, which blocks until <c>start</c>
/// opens the other end. No process of ours stays behind.
/// </summary>
internal sealed class CreateRun(CreateOptions options)
{
    private readonly StateDirectory _directory = new(options.Root, options.Id);
    private readonly string _bundle = Path.GetFullPath(options.Bundle);

    /// <summary>The unit that systemd has made, or is about to make, for the container; null: no systemd manages it.</summary>
    private string? _unit;

    /// <summary>Returns the container and its first process, waiting. Throws when it could not be made; then nothing is left of it.</summary>
    public (Container Container, PidFd Init) Run()
    {
        var config = Bundle.ReadBytes(_bundle, options.Config);
        var spec = Bundle.Parse(config, _bundle);
        if (spec.Process is { } process)
        {
            spec = spec with { Process = Complete(process, spec) };
        }

        RequireConsole(spec);
        if (!_directory.TryCreate())
        {
            throw new SetupException($"container with id exists: {options.Id}");
        }

        ContainerScope? scope = null;
        CgroupEntry? cgroup = null;
        try
        {
            Failpoint.Reach("create.claimed");
            File.WriteAllBytes(_directory.ConfigPath, config);
            var limits = Limits.Of(spec);
            scope = options.SystemdCgroup ? StartScope(spec, limits) : null;
            cgroup = scope is null ? OpenCgroup(spec, limits) : OpenScope(scope, spec, limits);
            Failpoint.Reach("create.cgroup-made");
            cgroup?.Cgroup.Apply(limits);
            Failpoint.Reach("create.cgroup-limited");
            return Launch(spec, cgroup);
        }
        catch
        {
            _directory.Remove();
            scope?.Dispose();
            var made = scope is not null ? Cgroup.OpenExisting(CgroupHost.Detect(), scope.CgroupPath) : cgroup is { Created: true } ? cgroup.Cgroup : null;
            made?.Kill();
            if (scope is not null)
            {
                ContainerScope.Stop(_unit!);
            }

            made?.Remove();
            throw;
        }
        finally
        {
            cgroup?.Dispose();
            scope?.Dispose();
        }
    }

    private ContainerScope StartScope(RuntimeSpec spec, CgroupLimits limits)
    {
        var manager = ManagerSocket.OfCaller();
        var place = ScopePlace.Of(spec.Linux?.CgroupsPath, options.Id, manager.IsUser);

        // Before it is there: whoever deletes what a killed create has left must find it.
        new CgroupNote(place.Path, place.Unit).Write(_directory);
        Failpoint.Reach("create.scope.before");
        var scope = ContainerScope.Start(manager, place, options.Id, limits, spec.Annotations);
        _unit = place.Unit;
        return scope;
    }

    /// <summary>Where systemd has made it, somebody may have made another before in a hierarchy that systemd does not know.</summary>
    private static CgroupEntry OpenScope(ContainerScope scope, RuntimeSpec spec, CgroupLimits limits)
    {
        if (Cgroup.OpenExisting(CgroupHost.Detect(), scope.CgroupPath) is { } cgroup)
        {
            RequireThawed(cgroup);
        }

        return CgroupEntry.OfScope(scope.CgroupPath, limits, MakesCgroups(spec));
    }

    /// <summary>An ordinary user has a cgroup where one has been delegated to it (cgroups(7)); without, a container that asks for no limit does without.</summary>
    private CgroupEntry? OpenCgroup(RuntimeSpec spec, CgroupLimits limits)
    {
        try
        {
            var path = CgroupsPath.Of(spec.Linux?.CgroupsPath, options.Id);
            var existing = Cgroup.OpenExisting(CgroupHost.Detect(), path);
            if (existing is not null)
            {
                RequireFree(existing);
            }

            if (existing is not { IsInUse: true })
            {
                // Before it is there: whoever deletes what a killed create has left must find it.
                new CgroupNote(path).Write(_directory);
            }

            return CgroupEntry.Open(path, limits, MakesCgroups(spec));
        }
        catch (LinuxException e) when (!Environment.IsPrivilegedProcess && limits == CgroupLimits.None && e.ErrnoName is "EACCES" or "EPERM" or "EROFS")
        {
            return null;
        }
    }

    /// <summary>A container that may write to its cgroups has one in every hierarchy, as what runs in it expects (systemd, another engine).</summary>
    private static bool MakesCgroups(RuntimeSpec spec) =>
        spec.Mounts?.Any(mount => mount.Type is "cgroup" && !MountOptions.Parse(mount.Options).IsReadOnly) is true;

    /// <summary>Two containers in one cgroup would be limited, frozen and killed as one; in a frozen one the first process would never begin.</summary>
    private static void RequireFree(Cgroup cgroup)
    {
        if (cgroup.Processes() is { Count: > 0 and var count })
        {
            throw new SetupException($"container's cgroup is not empty: {count} process(es) found in {cgroup.Path}");
        }

        RequireThawed(cgroup);
    }

    private static void RequireThawed(Cgroup cgroup)
    {
        if (cgroup.IsFrozen is true)
        {
            throw new SetupException($"container's cgroup unexpectedly frozen: {cgroup.Path}");
        }
    }

    /// <summary>The process as the command will find it: what engines leave to the runtime is filled in.</summary>
    private Process Complete(Process process, RuntimeSpec spec) => process with
    {
        ConsoleSize = process.ConsoleSize ?? options.ConsoleSize,
        Env = [.. CommandEnvironment.Of(process.Env, () => HomeOf(process.User.Uid, spec)), .. SocketActivation.Environment],
    };

    /// <summary>Null for a root that the container mounts itself: its files cannot be seen yet.</summary>
    private string? HomeOf(uint uid, RuntimeSpec spec)
    {
        if (spec.Root is not { } root || RootFilesystem.IsOverlay(spec))
        {
            return null;
        }

        var fd = FileDescriptor.TryOpen(Path.GetFullPath(Path.Combine(_bundle, root.Path)), Linux.O_PATH | Linux.O_DIRECTORY);
        if (fd < 0)
        {
            return null;
        }

        try
        {
            return new ContainerUsers(path => ContainerUsers.ReadInRoot(fd, path)).HomeOf(uid);
        }
        finally
        {
            FileDescriptor.Close(fd);
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
        var hostMounts = new HostMounts(spec, _bundle, namespaces);
        using var guide = new ChildGuide(spec, namespaces, options.Id, _bundle);
        var operations = ContainerProgram.Build(
            spec with { Linux = (spec.Linux ?? new LinuxSpec()) with { CgroupsPath = cgroup?.Cgroup.Path } },
            _bundle,
            namespaces,
            guide.AddTo(new ChildDescriptors
            {
                Errors = errors.Write, CgroupTasks = cgroup?.Tasks ?? [], ConsoleSocket = console, EndsLinesPlainly = options.OwnConsoleSocket >= 0 && WindowSize.Of(1) is null, StartFifo = fifo, EndingHandler = EndingHandler.Address, Preserved = SocketActivation.Count + options.PreservedFds,
            }),
            CapabilitySets.OfThisThread(),
            dieWithParent: false,
            MountApi.HasDescriptors,
            options.NewKeyring ? "_ses." + options.Id : null,
            options.NoPivot);
        var child = Launcher.Launch(operations, namespaces.ForClone, errors.Write, cgroup?.Directory ?? -1, pidNamespace);
        guide.Follow(child.Pid, child.PidFd);
        Failpoint.Reach("create.launch.after");
        foreach (var fd in (ReadOnlySpan<int>)[errors.Write, fifo, pidNamespace, options.ConsoleSocket is null ? -1 : console])
        {
            FileDescriptor.Close(fd);
        }

        try
        {
            if (!ChildReport.Read(errors.Read, operations, guide.At))
            {
                throw new SetupException("the container's first process ended before it was set up");
            }

            return (Keep(spec, guide.Pid, guide.PidFd, cgroup, hostMounts.Root), guide.PidFd);
        }
        catch
        {
            guide.PidFd.SendSignal(Signal.Kill);
            guide.PidFd.Reap();
            guide.PidFd.Dispose();
            hostMounts.Undo();
            throw;
        }
        finally
        {
            FileDescriptor.Close(errors.Read);
        }
    }

    private Container Keep(RuntimeSpec spec, int pid, PidFd pidFd, CgroupEntry? cgroup, string? hostMount)
    {
        var stat = ProcessStat.Of(pid) ?? throw new LinuxException("read", Linux.ESRCH, $"/proc/{pid}/stat");
        var state = new StateFile
        {
            Id = options.Id,
            Pid = pid,
            StartTime = stat.StartTime,
            BootId = BootId.Current,
            Bundle = _bundle,
            Rootfs = spec.Root is { } root ? Path.GetFullPath(Path.Combine(_bundle, root.Path)) : null,
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            CgroupsPath = cgroup?.Cgroup.Path,
            OwnsCgroup = cgroup?.Created ?? false,
            SystemdUnit = _unit,
            HasHooks = spec.Hooks is { Poststart.Count: > 0 } or { Poststop.Count: > 0 },
            HostMount = hostMount,
            Annotations = spec.Annotations,
        };
        Failpoint.Reach("create.state.before");
        state.Write(_directory);
        Failpoint.Reach("create.state.after");
        if (options.PidFdSocket is { } socket)
        {
            UnixSocket.SendDescriptor(socket, "pidfd", (int)pidFd.DangerousGetHandle());
        }

        if (options.PidFile is { } file)
        {
            PidFile.Write(file, pid);
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
