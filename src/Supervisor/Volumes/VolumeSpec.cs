using System.Collections.Immutable;

namespace Devoxx.Supervisor.Volumes;

/// <summary>What a mount's source is.</summary>
public enum VolumeKind
{
    /// <summary>A directory of ours that outlives its containers.</summary>
    Named,

    /// <summary>The same without a name of its own: it belongs to the container it was made for.</summary>
    Anonymous,

    /// <summary>A volume with <c>driver_opts</c>: mounted on the host while a container uses it.</summary>
    Typed,

    /// <summary>A path of the host; never ours, never removed.</summary>
    HostPath,

    /// <summary>A container's own directory: bundle, upper layer, log. Gone with the container.</summary>
    ContainerRoot,
}

/// <summary>One mount source.</summary>
/// <param name="Name">Unique among volumes; of a host path, the path; of a container's root, the container's id.</param>
/// <param name="Path">The directory (or file, of a host path) that containers mount; of a typed volume, its mount point.</param>
/// <param name="Options"><c>type</c>, <c>device</c> and <c>o</c> of a typed volume.</param>
/// <param name="CreateHostPath">Make a host path's directory when it is missing.</param>
/// <param name="Project">Whose it is; null: nobody's.</param>
public sealed record VolumeSpec(
    string Name,
    VolumeKind Kind,
    string Path,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableSortedDictionary<string, string> Labels,
    string? Project = null,
    bool CreateHostPath = false)
{
    public static VolumeSpec ContainerRoot(string containerId, string bundle, string project) => new(
        containerId, VolumeKind.ContainerRoot, bundle,
        ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty, project);

    public static VolumeSpec HostPath(string path, bool create, string project) => new(
        path, VolumeKind.HostPath, path,
        ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty, project, create);
}
