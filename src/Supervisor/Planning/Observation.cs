using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>A container as the plan sees it.</summary>
/// <param name="IsPaused">It runs, and stands still.</param>
/// <param name="IsBeingStopped">It runs no longer than a stop that has begun takes.</param>
public sealed record ObservedContainer(ContainerSpec Spec, ContainerPhase Phase, DateTimeOffset CreatedAt, bool IsPaused = false, bool IsBeingStopped = false)
{
    /// <summary>It runs, or is just being started, and nobody stops it: there is nothing to start.</summary>
    public bool IsUp => Phase is ContainerPhase.Running or ContainerPhase.Starting && !IsBeingStopped;

    /// <summary>It runs, or is about to.</summary>
    public bool IsActive => Phase is ContainerPhase.Running or ContainerPhase.Starting or ContainerPhase.Stopping or ContainerPhase.BackingOff or ContainerPhase.Waiting;

    public string Id => Spec.Id;

    public string Name => Spec.Name;
}

/// <summary>What there is of a project.</summary>
/// <param name="Volumes">Names of all volumes, of whatever project.</param>
public sealed record Observation(ImmutableArray<ObservedContainer> Containers, ImmutableHashSet<string> Volumes)
{
    /// <summary>All networks, of whatever project, by name.</summary>
    public ImmutableSortedDictionary<string, Networks.NetworkState> Networks { get; init; } =
        ImmutableSortedDictionary<string, Networks.NetworkState>.Empty;

    /// <summary>Names of the project's own anonymous volumes, also of those whose container is gone.</summary>
    public ImmutableHashSet<string> AnonymousVolumes { get; init; } = [];

    /// <summary>The volumes by name, where more is known of them.</summary>
    public ImmutableSortedDictionary<string, Volumes.VolumeSpec> VolumeSpecs { get; init; } =
        ImmutableSortedDictionary<string, Volumes.VolumeSpec>.Empty;

    /// <summary>Containers of other projects that the file names, by the name or id that it has for them.</summary>
    public ImmutableSortedDictionary<string, ContainerSpec> Foreign { get; init; } = ImmutableSortedDictionary<string, ContainerSpec>.Empty;

    public static Observation Nothing { get; } = new([], []);

    /// <summary>All but those that <c>run</c> has made.</summary>
    public IEnumerable<ObservedContainer> Replicas => Containers.Where(c => !c.Spec.IsOneOff);

    /// <summary>The replicas of a service, by number.</summary>
    public ImmutableArray<ObservedContainer> Of(string service) =>
        [.. Replicas.Where(c => c.Spec.Service == service).OrderBy(c => c.Spec.Number)];
}
