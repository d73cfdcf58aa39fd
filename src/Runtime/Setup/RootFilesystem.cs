using Devoxx.Native;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>The operations that make the container's root, mount everything in it and move into it.</summary>
internal sealed unsafe partial class RootFilesystem
{
    private readonly RootOperations _root;
    private readonly OperationList _operations;
    private readonly RuntimeSpec _spec;
    private readonly string _bundle;
    private readonly NamespacePlan _namespaces;
    private readonly ChildDescriptors _fds;
    private readonly List<Action> _mounts = [];
    private readonly List<BindMount> _binds = [];
    private readonly List<string> _readOnlyLate = [];
    private Mount? _overlay;
    private Argument? _rootTree;

    /// <param name="bundle">Absolute path; what is relative in config.json is relative to it.</param>
    /// <param name="fds">With what the parent has opened already.</param>
    public RootFilesystem(
        RootOperations root, RuntimeSpec spec, string bundle, NamespacePlan namespaces, ChildDescriptors fds)
    {
        _fds = fds;
        (_root, _operations, _spec, _bundle, _namespaces) = (root, root.Operations, spec, bundle, namespaces);
        Plan();
    }

    /// <summary>Everything up to, and without, <see cref="Enter"/>.</summary>
    public void Build()
    {
        foreach (var bind in _binds)
        {
            bind.OpenSource();
        }

        TieRoot();

        if (_namespaces.Has("mount"))
        {
            // Without descriptors a slave mount must find its peers through the namespace itself.
            var propagation = !_root.HasMountDescriptors && _binds.Exists(bind => bind.WantsPropagation) ? MS_SLAVE | MS_REC : MS_PRIVATE | MS_REC;
            _operations.Syscall(Nr.mount, "mount", "/", Describe(propagation), _root.Empty, _operations.Text("/"), 0, (nint)propagation);
        }

        MountRoot();
        foreach (var mount in _mounts)
        {
            mount();
        }

        DeviceNodes.MakeElsewhere(_root, _spec.Linux?.Devices ?? [], byBinding: _namespaces.HasUser);
        ProtectedPaths.Mask(_root, _spec.Linux?.MaskedPaths);
        ProtectedPaths.MakeReadOnly(_root, _spec.Linux?.ReadonlyPaths);
        if (_spec.Process is { } process && ContainerPath.Relative(process.Cwd).Length > 0)
        {
            _root.Close(_root.Open(process.Cwd, CreateMissing.Directory));
        }
    }

    /// <summary>What is read-only and had to take mount points, nodes or the terminal before.</summary>
    public void CloseForWriting()
    {
        foreach (var path in _readOnlyLate)
        {
            _root.MakeReadOnly(path);
        }
    }

    /// <summary>Whether the root is a mount of its own, made by the child.</summary>
    public static bool IsOverlay(RuntimeSpec spec) => spec.Mounts is [{ Type: "overlay" } first, ..] && ContainerPath.Relative(first.Destination).Length == 0;

    private string RootPath => MountPaths.RootOf(_spec, _bundle);

    private void MountRoot()
    {
        var path = RootPath;
        var text = _operations.Text(path);
        if (_fds.RootTree >= 0)
        {
            // On top of the old root, because the directory that it belongs on may be closed to us: nobody looks a path up through it from here on.
            _operations.Syscall(
                Nr.move_mount, "move_mount", $"{path} to /", null, _fds.RootTree, _root.Empty, AT_FDCWD, _operations.Text("/"), MOVE_MOUNT_F_EMPTY_PATH);
            _operations.Syscall(Nr.fcntl, "fcntl", path, "F_DUPFD_CLOEXEC", _fds.RootTree, F_DUPFD_CLOEXEC, 3).Into(_root.Root);
            return;
        }

        if (_overlay is { } overlay)
        {
            var options = Parse(overlay.Options);
            OverlayRoot.Mount(_operations, path, overlay.Source ?? "overlay", options);
        }
        else if (_root.HasMountDescriptors)
        {
            var tree = _rootTree ?? OpenRoot();
            if (!_namespaces.Has("mount"))
            {
                _root.SetAttributes(tree, 0, 0, MS_PRIVATE, true, path);
            }

            _operations.Syscall(Nr.move_mount, "move_mount", "to " + path, null, tree, _root.Empty, AT_FDCWD, text, MOVE_MOUNT_F_EMPTY_PATH);
            _root.Close(tree);
        }
        else
        {
            _operations.Syscall(Nr.mount, "mount", path, "MS_BIND|MS_REC", text, text, 0, (nint)(MS_BIND | MS_REC));
        }

        _operations.Syscall(Nr.openat, "open", path, "O_PATH|O_DIRECTORY", AT_FDCWD, text, O_PATH | O_DIRECTORY | O_CLOEXEC).Into(_root.Root);
    }

    private Argument OpenRoot()
    {
        var (path, tree) = (RootPath, _operations.NewSlot());
        _operations.Syscall(
            Nr.open_tree, "open_tree", path, "OPEN_TREE_CLONE|AT_RECURSIVE", AT_FDCWD, _operations.Text(path), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE).Into(tree);
        return tree;
    }

    // What the host mounts in the root later is to be seen in the container: so it must be tied to the host's before this namespace is made private.
    private void TieRoot()
    {
        const uint Tied = MS_SLAVE | MS_SHARED;
        if (!_root.HasMountDescriptors || _overlay is not null || _fds.RootTree >= 0
            || _spec.Linux?.RootfsPropagation is not { Length: > 0 } propagation || (ParsePropagation(propagation) & Tied) == 0)
        {
            return;
        }

        var tree = OpenRoot();
        _root.SetAttributes(tree, 0, 0, MS_SLAVE, true, RootPath);
        _rootTree = tree;
    }

    private void Plan()
    {
        var hasDev = false;
        for (var i = 0; i < (_spec.Mounts?.Count ?? 0); i++)
        {
            var mount = _spec.Mounts![i];
            var relative = MountPaths.Destination(mount.Destination, RootPath);
            if (relative.Length == 0)
            {
                if (mount.Type != "overlay" || _overlay is not null || _mounts.Count > 0)
                {
                    throw new SetupException("only one mount may have the destination '/', and it must come first and be of type overlay");
                }

                _overlay = mount;
                continue;
            }

            hasDev |= relative == "dev";
            var options = Parse(mount.Options);
            Plan(i, "/" + relative, options);
        }

        if (!hasDev)
        {
            // Never the /dev of an image: its links would be followed (CVE-2026-41579 and its like).
            var mount = new Mount { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] };
            _mounts.Insert(0, () => MountDev(mount, Parse(mount.Options)));
        }
    }

    private void Plan(int index, string destination, MountOptions options)
    {
        var mount = _spec.Mounts![index];
        if (options.IsBind || mount.Type is null or "" or "bind" or "none")
        {
            if (mount.Source is not { Length: > 0 } source)
            {
                throw new SetupException($"mount on {destination}: a bind mount needs a source");
            }

            var absolute = Path.GetFullPath(Path.Combine(_bundle, source));
            ProcRules.RequireAllowed(destination, absolute, isProc: false);
            var tree = _fds.Sources?.TryGetValue(index, out var opened) is true ? opened : -1;
            var bind = new BindMount(_root, absolute, destination, options, _namespaces.HasUser, tree) 
            {
                SourceInRoot = tree < 0 ? MountPaths.SourceInRoot(_spec, _bundle, index) : null,
                MapLate = MountPaths.IsMapped(mount) ? opened => ChildReport.Await(_operations, _fds.Errors, _fds.Resume, ChildStage.MapMount, opened) : null,
            };
            _binds.Add(bind);
            _mounts.Add(bind.Attach);
            return;
        }

        ProcRules.RequireAllowed(destination, null, isProc: mount.Type == "proc");
        switch (mount.Type)
        {
            case "cgroup" or "cgroup2":
                _mounts.Add(() => new CgroupMount(_root, destination, options, _namespaces.Has("cgroup"), CgroupPath).Build());
                return;
            case "tmpfs" when destination == "/dev":
                _mounts.Add(() => MountDev(mount, options));
                return;
            default:
                _mounts.Add(() => MountFilesystem(mount, destination, options));
                return;
        }
    }
}
