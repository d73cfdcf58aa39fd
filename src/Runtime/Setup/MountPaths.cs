using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>Where the paths of config.json's mounts lie that are told by the host's path of the container's root. Pure but for one look whether a source is there.</summary>
internal static class MountPaths
{
    /// <summary>Absolute.</summary>
    public static string RootOf(RuntimeSpec spec, string bundle) => Path.GetFullPath(Path.Combine(bundle, (spec.Root ?? throw new SetupException("config.json has no root")).Path));

    /// <summary>Relative to the container's root. One that is written with the host's path of that root means what lies in it (as runc has it).</summary>
    public static string Destination(string destination, string root) => Inside(destination, root) ?? ContainerPath.Relative(destination);

    /// <summary>
    /// The source of a bind mount as a path inside the root, when it is one that earlier mounts of the same container make or cover: such a source is there only when its
    /// turn comes. Null for any other, and for one that is to stay tied to the host.
    /// </summary>
    /// <param name="index">The mount's place in config.json.</param>
    public static string? SourceInRoot(RuntimeSpec spec, string bundle, int index)
    {
        const uint Tied = MountOptions.MS_SHARED | MountOptions.MS_SLAVE;
        var root = RootOf(spec, bundle);
        if (spec.Mounts![index] is not { Source: { Length: > 0 } given } mount || Inside(Path.GetFullPath(Path.Combine(bundle, given)), root) is not { } source
            || (MountOptions.Parse(mount.Options).Propagation & Tied) != 0)
        {
            return null;
        }

        for (var i = 0; i < index; i++)
        {
            var earlier = Destination(spec.Mounts[i].Destination, root);
            if (ContainerPath.IsAtOrBelow(source, earlier) || ContainerPath.IsAtOrBelow(earlier, source))
            {
                return source;
            }
        }

        return Path.Exists($"{root}/{source}") ? null : source;
    }

    /// <summary>Whether the owners of its files are seen as others (runtime-spec, "Mounts", idmap).</summary>
    public static bool IsMapped(Mount mount) => mount.Options?.Any(option => option is "idmap" or "ridmap") is true || mount.UidMappings is { Count: > 0 } || mount.GidMappings is { Count: > 0 };

    private static string? Inside(string path, string root) => root == "/" || !ContainerPath.IsAtOrBelow(path, root) ? null
        : ContainerPath.Relative(ContainerPath.Relative(path)[ContainerPath.Relative(root).Length..]);
}
