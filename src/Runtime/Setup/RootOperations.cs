using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>Operations on paths inside the new root, all relative to a descriptor of it: no path is ever joined to the host's path of the root.</summary>
internal sealed unsafe class RootOperations(OperationList operations, bool hasMountDescriptors)
{
    // One buffer for "/proc/self/fd/N": mount(2) has no form that takes descriptors.
    private readonly nint _target = operations.Allocate(32);
    private readonly nint _source = operations.Allocate(32);
    private readonly nint _empty = operations.Text("");

    public OperationList Operations => operations;

    /// <summary>Whether open_tree, move_mount and mount_setattr may be used.</summary>
    public bool HasMountDescriptors => hasMountDescriptors;

    /// <summary>The descriptor (O_PATH) of the new root.</summary>
    public Argument Root { get; } = operations.NewSlot();

    public nint Empty => _empty;

    /// <summary>Opens a path inside the root with O_PATH.</summary>
    /// <param name="skipWhenMissing">How many following operations a missing path skips; null makes it an error.</param>
    /// <param name="into">The slot that takes it; null: a new one.</param>
    public Argument Open(string path, CreateMissing create = CreateMissing.Nothing, ulong resolve = 0, int? skipWhenMissing = null, Argument? into = null)
    {
        var relative = ContainerPath.Relative(path);
        var request = (PathRequest*)operations.Allocate(sizeof(PathRequest));
        request->Path = (byte*)operations.Text(relative.Length == 0 ? "." : relative);
        request->Create = create;
        request->Resolve = resolve;
        var slot = into ?? operations.NewSlot();
        ref var operation = ref operations.Add(
            OperationKind.OpenInRoot, "open", path, (resolve & RESOLVE_NO_SYMLINKS) != 0 ? "RESOLVE_IN_ROOT|RESOLVE_NO_SYMLINKS" : "RESOLVE_IN_ROOT", Root, request)
            .Into(slot);
        if (skipWhenMissing is { } skip)
        {
            operation.Tolerate(ENOENT, ENOTDIR, skip);
        }

        return slot;
    }

    public void Close(Argument slot) => operations.Syscall(Nr.close, "close", a: slot);

    /// <summary>mount(2) of a filesystem on an open directory.</summary>
    /// <param name="text">The data where it is in the child's memory already, because the child completes it; 0: it is put there.</param>
    public void MountAt(Argument target, string source, string type, uint flags, string data, string path, nint text = 0)
    {
        operations.Add(OperationKind.FormatFdPath, "format", path, a: target, b: _target);
        operations.Syscall(
            Nr.mount, "mount", $"{type} on {path}", MountOptions.Describe(flags) + (data.Length == 0 ? "" : ", " + data),
            operations.Text(source), _target, operations.Text(type), (nint)flags, text != 0 ? text : data.Length == 0 ? 0 : operations.Text(data));
    }

    /// <summary>The other uses of mount(2) on an open path: remount, propagation.</summary>
    public void ChangeAt(Argument target, uint flags, string path)
    {
        operations.Add(OperationKind.FormatFdPath, "format", path, a: target, b: _target);
        operations.Syscall(Nr.mount, "mount", path, MountOptions.Describe(flags), _empty, _target, 0, (nint)flags);
    }

    /// <summary>Binds an open file or directory on another.</summary>
    public void BindAt(Argument source, Argument target, bool recursive, string path)
    {
        if (hasMountDescriptors)
        {
            var tree = CloneTree(source, recursive, path);
            Attach(tree, target, path);
            Close(tree);
            return;
        }

        operations.Add(OperationKind.FormatFdPath, "format", path, a: source, b: _source);
        operations.Add(OperationKind.FormatFdPath, "format", path, a: target, b: _target);
        var flags = MountOptions.MS_BIND | (recursive ? MountOptions.MS_REC : 0);
        operations.Syscall(Nr.mount, "mount", path, MountOptions.Describe(flags), _source, _target, 0, (nint)flags);
    }

    public Argument CloneTree(Argument source, bool recursive, string path)
    {
        var tree = operations.NewSlot();
        operations.Syscall(
            Nr.open_tree, "open_tree", path, recursive ? "OPEN_TREE_CLONE|AT_RECURSIVE" : "OPEN_TREE_CLONE",
            source, _empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)).Into(tree);
        return tree;
    }

    public void Attach(Argument tree, Argument target, string path) =>
        operations.Syscall(
            Nr.move_mount, "move_mount", "to " + path, null, tree, _empty, target, _empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>mount_setattr(2) on a mount by descriptor.</summary>
    public void SetAttributes(Argument mount, ulong set, ulong clear, uint propagation, bool recursive, string path)
    {
        var attributes = (ulong*)operations.Allocate(4 * sizeof(ulong));
        attributes[0] = set;
        attributes[1] = clear;
        attributes[2] = propagation;
        var what = ((Devoxx.Native.Mounts.MountAttributes)set).ToString().Replace(", ", "|", StringComparison.Ordinal);
        operations.Syscall(
            Nr.mount_setattr, "mount_setattr", path, propagation == 0 ? what : MountOptions.Describe(propagation),
            mount, _empty, AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), (nint)attributes, 4 * sizeof(ulong));
    }

    /// <summary>Makes what is mounted on an open path read-only, for this path only.</summary>
    public void MakeReadOnly(string path, bool recursive = false)
    {
        // Opened anew: a descriptor opened before the mount lies below it.
        var target = Open(path);
        if (hasMountDescriptors)
        {
            SetAttributes(target, 1, 0, 0, recursive, path);
        }
        else
        {
            ChangeAt(target, MountOptions.MS_BIND | MountOptions.MS_REMOUNT | MountOptions.MS_RDONLY, path);
        }

        Close(target);
    }
}
