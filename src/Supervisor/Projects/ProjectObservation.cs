using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>From what the actors, or the journal, know to what a plan is made of. Pure.</summary>
internal static class ProjectObservation
{
    /// <summary>It is there, or half there.</summary>
    public static bool Exists(ContainerState container) =>
        container.Spec is not null && container.Phase is not (ContainerPhase.None or ContainerPhase.Removed);

    /// <inheritdoc cref="Exists(ContainerState)"/>
    public static bool Exists(VolumeState volume) =>
        volume.Spec is { Kind: not VolumeKind.HostPath } && volume.Phase is not (VolumePhase.Absent or VolumePhase.Removed);

    /// <inheritdoc cref="Exists(ContainerState)"/>
    public static bool Exists(NetworkState network) => network.Spec is not null && network.Phase is not (NetworkPhase.Absent or NetworkPhase.Removed);

    /// <param name="containers">Those of the project that exist.</param>
    /// <param name="volumes">Those that exist, of whatever project.</param>
    /// <param name="networks">Likewise.</param>
    public static Observation Of(
        string project, IEnumerable<ContainerState> containers, ImmutableArray<VolumeState> volumes, ImmutableArray<NetworkState> networks) => new(
        [.. containers.Select(c => new ObservedContainer(c.Spec!, c.Phase, c.CreatedAt, c.Paused, c.IsBeingStopped))],
        [.. volumes.Select(v => v.Spec!.Name)])
    {
        AnonymousVolumes = [.. volumes.Where(v => v.Spec is { Kind: VolumeKind.Anonymous } spec && spec.Project == project).Select(v => v.Spec!.Name)],
        VolumeSpecs = volumes.ToImmutableSortedDictionary(v => v.Spec!.Name, v => v.Spec!, StringComparer.Ordinal),
        Networks = networks.ToImmutableSortedDictionary(n => n.Spec!.Name, n => n, StringComparer.Ordinal),
    };
}
