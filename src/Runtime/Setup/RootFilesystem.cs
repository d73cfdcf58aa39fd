using Devoxx.Native;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>The operations that make the container's root, mount everything in it and move into it.</summary>
internal sealed unsafe class RootFilesystem
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

    /// <summary>
    /// Moves into the root: pivot_root(".", ".") stacks the old root on the new one, from where it is detached, so that no directory is needed for
    /// it (pivot_root(2)).
    /// </summary>
    /// <param name="byMoving">Without pivot_root, which the initial ramfs does not let happen: the root is moved over the old one.</param>
    public void Enter(bool byMoving = false)
    {
        var here = _operations.Text(".");
        if (!_namespaces.Has("mount"))
        {
            // The old root is everybody's.
            _operations.Syscall(Nr.fchdir, "fchdir", "new root", null, _root.Root);
            _operations.Syscall(Nr.chroot, "chroot", RootPath, null, here);
        }
        else if (byMoving)
        {
            MoveOverOldRoot(here);
        }
        else
        {
            ExchangeWithOldRoot(here);
        }

        _operations.Syscall(Nr.chdir, "chdir", "/", null, _operations.Text("/"));
        SettleRoot();
    }

    /// <summary>
    /// What lies under the moved root can be reached from a mount namespace made inside: a procfs or sysfs there, which nothing masks, is taken away first, or hidden
    /// where it cannot be (as runc does).
    /// </summary>
    private void MoveOverOldRoot(nint here)
    {
        var root = RootPath;
        foreach (var mount in Native.Mounts.MountTable.Read().Reverse())
        {
            if (mount.FsType is not ("proc" or "sysfs") || ContainerPath.IsAtOrBelow(mount.MountPoint, root))
            {
                continue;
            }

            var (path, failed) = (_operations.Text(mount.MountPoint), _operations.NewSlot());
            _operations.Syscall(Nr.umount2, "umount2", mount.MountPoint, "MNT_DETACH", path, MNT_DETACH).Into(failed).Tolerate(EINVAL, EPERM);
            _operations.Add(OperationKind.SkipIfZero, "skip", mount.MountPoint, null, failed, 1);
            _operations.Syscall(Nr.mount, "mount", $"tmpfs on {mount.MountPoint}", null, _operations.Text("tmpfs"), path, _operations.Text("tmpfs"));
        }

        _operations.Syscall(Nr.fchdir, "fchdir", "new root", null, _root.Root);
        _operations.Syscall(Nr.mount, "mount", $"{root} on /", "MS_MOVE", here, _operations.Text("/"), 0, (nint)MS_MOVE);
        _operations.Syscall(Nr.chroot, "chroot", root, null, here);
    }

    private void ExchangeWithOldRoot(nint here)
    {
        var old = _operations.NewSlot();
        _operations.Syscall(Nr.openat, "open", "/", null, AT_FDCWD, _operations.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(old);
        _operations.Syscall(Nr.fchdir, "fchdir", "new root", null, _root.Root);
        _operations.Syscall(Nr.pivot_root, "pivot_root", RootPath, null, here, here);
        _operations.Syscall(Nr.fchdir, "fchdir", "old root", null, old);
        _operations.Syscall(Nr.mount, "mount", "old root", "MS_PRIVATE|MS_REC", _root.Empty, here, 0, (nint)(MS_PRIVATE | MS_REC));
        _operations.Syscall(Nr.umount2, "umount2", "old root", "MNT_DETACH", here, MNT_DETACH);
        _operations.Syscall(Nr.close, "close", "old root", null, old);
    }

    private void SettleRoot()
    {
        if (_spec.Root is { Readonly: true })
        {
            var flags = MS_BIND | MS_REMOUNT | MS_RDONLY;
            if (_root.HasMountDescriptors)
            {
                _root.SetAttributes(_root.Root, 1, 0, 0, false, "/");
            }
            else
            {
                _operations.Syscall(Nr.mount, "mount", "/", Describe(flags), _root.Empty, _operations.Text("/"), 0, (nint)flags);
            }
        }

        if (_spec.Linux?.RootfsPropagation is { Length: > 0 } propagation)
        {
            // Everything is private already, but for the mounts that asked to be tied to the host: those "rprivate" must not cut off.
            var flags = ParsePropagation(propagation);
            flags = (flags & MS_PRIVATE) != 0 ? MS_PRIVATE : flags;
            _operations.Syscall(Nr.mount, "mount", "/", Describe(flags), _root.Empty, _operations.Text("/"), 0, (nint)flags);
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

    private string CgroupPath => _spec.Linux?.CgroupsPath ?? "/";

    private void MountFilesystem(Mount mount, string destination, MountOptions options)
    {
        // A link in place of /proc or /sys would put the mount, and later what is written to it, elsewhere (CVE-2023-27561).
        var resolve = mount.Type is "proc" or "sysfs" ? RESOLVE_NO_SYMLINKS : 0;
        var flags = options.Flags;
        if (mount.Type == "tmpfs" && options.IsReadOnly)
        {
            // Later mounts may need directories in it.
            flags &= ~MS_RDONLY;
            _readOnlyLate.Add(destination);
        }

        if (mount.Type == "tmpfs" && !options.TmpCopyUp && ModeIn(options.Data) is null)
        {
            MountWithModeOf(destination, mount.Source ?? mount.Type, flags, options.Data);
            Propagate(options, destination);
            return;
        }

        var target = _root.Open(destination, CreateMissing.Directory, resolve);
        var hidden = options.TmpCopyUp && mount.Type == "tmpfs" ? OpenForCopy(target, destination) : (Argument?)null;
        _root.MountAt(target, mount.Source ?? mount.Type!, mount.Type!, flags, options.Data, destination);
        _root.Close(target);
        if (hidden is { } directory)
        {
            CopyUp(directory, destination, options.Data);
        }

        Propagate(options, destination);
    }

    /// <summary>A tmpfs is as open as the directory that it hides, as every runtime has it; one on a directory that is only made for it has its own mode.</summary>
    private void MountWithModeOf(string destination, string source, uint flags, string data)
    {
        const string Mode = "mode=0000";
        var whole = data.Length == 0 ? Mode : $"{data},{Mode}";
        var text = _operations.Text(whole);
        var open = _operations.Count;
        var existing = _root.Open(destination, skipWhenMissing: 0);
        _operations.Add(OperationKind.FormatMode, "stat", destination, null, existing, text + System.Text.Encoding.UTF8.GetByteCount(whole) - Mode.Length);
        _root.MountAt(existing, source, "tmpfs", flags, whole, destination, text);
        _root.Close(existing);
        var done = _operations.Count;
        _operations.Add(OperationKind.SkipIfZero, "skip", destination, null, 0, 0);
        _operations[open].SkipWhenTolerated = (short)(_operations.Count - open - 1);
        var made = _root.Open(destination, CreateMissing.Directory);
        _root.MountAt(made, source, "tmpfs", flags, data, destination);
        _root.Close(made);
        _operations[done].B = _operations.Count - done - 1;
    }

    private void Propagate(MountOptions options, string destination)
    {
        if (options.Propagation is not (0 or MS_PRIVATE or (MS_PRIVATE | MS_REC)))
        {
            var mounted = _root.Open(destination);
            _root.ChangeAt(mounted, options.Propagation, destination);
            _root.Close(mounted);
        }
    }

    // Inherited by the program that copies: not close-on-exec.
    private Argument OpenForCopy(Argument directory, string path)
    {
        var opened = _operations.NewSlot();
        _operations.Syscall(Nr.openat, "open", path, "O_RDONLY|O_DIRECTORY", directory, _operations.Text("."), O_RDONLY | O_DIRECTORY).Into(opened);
        return opened;
    }

    private static int? ModeIn(string data)
    {
        const string Key = "mode=";
        foreach (var option in data.Split(','))
        {
            if (option.StartsWith(Key, StringComparison.Ordinal))
            {
                return Convert.ToInt32(option[Key.Length..], 8);
            }
        }

        return null;
    }

    /// <summary>A tree is copied by this very executable, started as a process of its own: the child itself cannot.</summary>
    private void CopyUp(Argument hidden, string destination, string data)
    {
        const int LongestFdPath = 32;
        var (from, to) = (_operations.Allocate(LongestFdPath), _operations.Allocate(LongestFdPath));
        var mounted = _root.Open(destination);
        var target = OpenForCopy(mounted, destination);
        _operations.Add(OperationKind.FormatFdPath, "format", destination, a: hidden, b: from);
        _operations.Add(OperationKind.FormatFdPath, "format", destination, a: target, b: to);
        var arguments = (nint*)_operations.Allocate(5 * sizeof(nint));
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (_operations.Text("devoxx-runtime"), _operations.Text("copy-up"), from, to);
        var program = (HookRequest*)_operations.Allocate(sizeof(HookRequest));
        *program = new HookRequest
        {
            Path = _operations.Text("/proc/self/exe"), Arguments = (nint)arguments, Environment = _operations.Texts(HookOperations.OwnEnvironment()), StateFd = -1, TimeoutMs = -1,
        };
        _operations.Add(OperationKind.RunHook, "tmpcopyup", destination, null, program);
        if (ModeIn(data) is { } mode)
        {
            // The copy gave the tmpfs the mode of the directory that it hides; one that is asked for wins.
            _operations.Syscall(Nr.fchmod, "chmod", destination, null, target, mode);
        }

        _root.Close(target);
        _root.Close(mounted);
        _root.Close(hidden);
    }

    private void MountDev(Mount mount, MountOptions options)
    {
        MountFilesystem(mount, "/dev", options);
        DeviceNodes.Make(_root, _spec.Linux?.Devices ?? [], byBinding: _namespaces.HasUser);
    }
}
