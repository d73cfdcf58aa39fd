using Devoxx.Native.Mounts;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>
/// What a container without a mount namespace of its own leaves in ours: its root, mounted on itself, and everything mounted in it. It goes when the container is deleted, or
/// could not be made; the root as the host had it before stays.
/// </summary>
internal sealed class HostMounts
{
    private readonly string? _root;
    private readonly int _before;

    public HostMounts(RuntimeSpec spec, string bundle, NamespacePlan namespaces)
    {
        _root = namespaces.Has("mount") ? null : MountPaths.RootOf(spec, bundle);
        _before = _root is null ? 0 : Count(_root);
    }

    /// <summary>Where the container's mounts are in our namespace; null: it has a namespace of its own.</summary>
    public string? Root => _root;

    /// <summary>Takes away what a container that failed has mounted.</summary>
    public void Undo()
    {
        if (_root is not null && Count(_root) > _before)
        {
            Remove(_root);
        }
    }

    /// <summary>Takes the topmost mount of a container's root away, with all that is mounted below it.</summary>
    public static void Remove(string root) => Devoxx.Native.Mounts.Mount.Unmount(root, UnmountFlags.Detach | UnmountFlags.NoFollow);

    private static int Count(string root) => MountTable.Read().Count(mount => mount.MountPoint == root);
}
