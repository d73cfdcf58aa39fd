using Devoxx.Native.Mounts;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>What the parent does for the child while that is made, where the child waits for it; nothing is opened when nothing is asked for.</summary>
internal sealed class ChildGuide : IDisposable
{
    private readonly RuntimeSpec _spec;
    private readonly string _id;
    private readonly string _bundle;
    private readonly bool _ownPids;
    private readonly (int Read, int Write) _resume = (-1, -1);
    private readonly Dictionary<int, int> _sources;
    private readonly int _root;
    private readonly int _creating = -1;
    private readonly int _created = -1;
    private Queue<int>? _mappedLate;

    public ChildGuide(RuntimeSpec spec, NamespacePlan namespaces, string id, string bundle)
    {
        (_spec, _id, _bundle, _ownPids) = (spec, id, bundle, namespaces.IsNew(CloneFlags.CLONE_NEWPID));
        NetDevices.Require(spec.Linux, namespaces);
        if (namespaces.IsNew(CloneFlags.CLONE_NEWUSER) || SeccompProgram.Notifies(spec.Linux?.Seccomp) || HookOperations.Concern(spec.Hooks)
            || spec.Linux?.NetDevices is { Count: > 0 } || namespaces.Forks || MountSources.MappedLate(spec, bundle).Any())
        {
            _resume = FileDescriptor.Pipe();
        }

        // An ordinary user may open no mounts, but in its own user namespace the child may.
        var opens = namespaces.HasUser && MountApi.HasDescriptors && Environment.IsPrivilegedProcess;
        _sources = MountSources.Open(spec, bundle, opens);
        _root = opens && !RootFilesystem.IsOverlay(spec) && spec.Root is { } root
            ? MountSources.OpenRoot(Path.GetFullPath(Path.Combine(bundle, root.Path))) : -1;
        _creating = spec.Hooks is { CreateContainer.Count: > 0 } ? MemoryFile.Create("state") : -1;
        _created = spec.Hooks is { StartContainer.Count: > 0 } ? MemoryFile.Create("state") : -1;
    }

    private ChildGuide(RuntimeSpec spec, string id, string bundle)
    {
        (_spec, _id, _bundle, _sources, _root) = (spec, id, bundle, [], -1);
        _resume = SeccompProgram.Notifies(spec.Linux?.Seccomp) ? FileDescriptor.Pipe() : (-1, -1);
    }

    /// <summary>For a process that joins a container: it waits for nothing but that its filter's listener is taken.</summary>
    public static ChildGuide ForExec(RuntimeSpec spec, string id, string bundle) => new(spec, id, bundle);

    /// <summary>Those of the child's descriptors that come from here.</summary>
    public ChildDescriptors AddTo(ChildDescriptors fds) =>
        fds with { Resume = _resume.Read, ResumeOther = _resume.Write, CreatingState = _creating, CreatedState = _created, Sources = _sources, RootTree = _root };

    /// <summary>The child's pid, as we see it.</summary>
    public int Pid { get; private set; }

    /// <summary>The child; its owner disposes of it.</summary>
    public PidFd PidFd { get; private set; } = null!;

    public void Follow(int pid, PidFd pidFd) => (Pid, PidFd) = (pid, pidFd);

    /// <summary>Answers a child that waits.</summary>
    /// <param name="value">What it says with that.</param>
    public void At(ChildStage stage, int value)
    {
        switch (stage)
        {
            case ChildStage.MapIds:
                IdMaps.Write(Pid, _spec.Linux!);
                break;
            case ChildStage.Forked:
                // A child of ours too, so that its pid is nobody else's before we have reaped it.
                PidFd.Reap();
                PidFd.Dispose();
                Follow(value, Devoxx.Native.Processes.PidFd.Open(value));
                break;
            case ChildStage.SeccompListener:
                SeccompListener.HandOver(_spec.Linux!.Seccomp!, PidFd, value, Pid, HookRun.State(_id, "creating", Pid, _bundle, _spec.Annotations));
                break;
            case ChildStage.MapMount:
                _mappedLate ??= new Queue<int>(MountSources.MappedLate(_spec, _bundle));
                MountSources.Map(_spec, _mappedLate.Dequeue(), PidFd, value);
                break;
            case ChildStage.NetDevices:
                NetDevices.Move(_spec.Linux!.NetDevices!, Pid);
                break;
            default:
                RunHooks(Pid);
                break;
        }

        FileDescriptor.WriteAll(_resume.Write, "!"u8);
    }

    public void Dispose()
    {
        foreach (var fd in (int[])[_resume.Read, _resume.Write, _creating, _created, _root, .. _sources.Values])
        {
            FileDescriptor.Close(fd);
        }
    }

    private void RunHooks(int pid)
    {
        var hooks = _spec.Hooks!;
        var state = HookRun.State(_id, "creating", pid, _bundle, _spec.Annotations);
        HookRun.All("prestart", hooks.Prestart, state);
        HookRun.All("createRuntime", hooks.CreateRuntime, state);

        // Hooks in the container's namespaces are told the pid that is seen there.
        var inside = _ownPids ? 1 : pid;
        Write(_creating, HookRun.State(_id, "creating", inside, _bundle, _spec.Annotations));
        Write(_created, HookRun.State(_id, ContainerStatus.Created, inside, _bundle, _spec.Annotations));
    }

    private static void Write(int fd, byte[] state)
    {
        if (fd >= 0)
        {
            FileDescriptor.WriteAll(fd, state);
        }
    }
}
