using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>Moving into the root, and what is settled there.</summary>
internal sealed unsafe partial class RootFilesystem
{
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
}
