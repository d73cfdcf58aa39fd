using System.Collections.Immutable;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a run still waits for, and what it has got: its root, its cgroup, its network and each of its volumes. Not journaled: a crash begins it anew.</summary>
/// <param name="Awaited">Keys not yet answered.</param>
/// <param name="Sources">The host's path by mount source.</param>
internal sealed record RunPreparation(int Run, ImmutableHashSet<string> Awaited, ImmutableDictionary<string, string> Sources, ImmutableList<string> Errors)
{
    public const string Cgroup = "/cgroup";
    public const string Root = "/root";
    public const string Network = "/network";
    public const string Runtime = "/runtime";

    /// <summary>Before the name of a container whose namespaces it shares.</summary>
    public const string Donor = "/donor/";

    /// <summary>Everything a run of this container needs.</summary>
    public static RunPreparation For(ContainerSpec spec, int run) => new(
        run, [Cgroup, Root, Network, .. SharedSources(spec), .. (spec.Namespaces?.Donors ?? []).Select(d => Donor + d)], ImmutableDictionary<string, string>.Empty, []);

    /// <summary>Only what a run has to give back; its root stays.</summary>
    public static RunPreparation Release(ContainerSpec spec, int run) => new(
        run, [Cgroup, Network, .. spec.Runtime is null ? [] : new[] { Runtime }, .. SharedSources(spec)], ImmutableDictionary<string, string>.Empty, []);

    public bool IsComplete => Awaited.IsEmpty;

    public RunPreparation Got(string key, string? path = null) => this with
    {
        Awaited = Awaited.Remove(key),
        Sources = path is null ? Sources : Sources.SetItem(key, path),
    };

    public RunPreparation Failed(string key, string error) => this with { Awaited = Awaited.Remove(key), Errors = Errors.Add(error) };

    /// <summary>The host's path of each volume and bind mount, by target.</summary>
    public ImmutableDictionary<string, string> SourcesByTarget(ContainerSpec spec) =>
        spec.Mounts.Where(m => m.Kind != MountKind.Tmpfs).ToImmutableDictionary(m => m.Target, m => Sources[m.Source]);

    /// <summary>Names of the volumes, and host paths, that the container shares with the world.</summary>
    public static IEnumerable<string> SharedSources(ContainerSpec spec) =>
        spec.Mounts.Where(m => m.Kind != MountKind.Tmpfs).Select(m => m.Source).Distinct();

    /// <summary>What to ask for, of one source: for the first mount that names it.</summary>
    public static (VolumeSpec? Spec, ImageContent? Content) Wanted(ContainerSpec spec, string source, int run, StateRoot root, Func<ImmutableArray<string>> layers)
    {
        var mount = spec.Mounts.First(m => m.Source == source && m.Kind != MountKind.Tmpfs);
        if (mount.Kind == MountKind.Bind)
        {
            return (VolumeSpec.HostPath(source, mount.CreateHostPath, spec.Project), null);
        }

        var anonymous = mount.Anonymous
            ? new VolumeSpec(
                source, VolumeKind.Anonymous, $"{root.VolumesDirectory}/{source}/_data",
                ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty, spec.Project)
            : null;
        // Only with the first run: who empties a volume and restarts the container wants it empty.
        var content = mount.NoCopy || mount.Subpath is not null || run > 1 ? null : new ImageContent(spec.ImageId, layers(), mount.Target);
        return (anonymous, content);
    }
}
