using System.Collections.Immutable;
using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Planning;

/// <summary>What <c>up</c> wants.</summary>
/// <param name="Services">Only these and what they depend on; empty: all.</param>
/// <param name="StopGrace">Null: each container's own.</param>
/// <param name="Pull">When to pull, over what the services say; null: as they say.</param>
/// <param name="QuietPull">Say nothing of how far a pull is.</param>
public sealed record UpWish(
    ImmutableArray<string> Services,
    ImmutableSortedDictionary<string, int> Scale,
    RecreatePolicy Recreate = RecreatePolicy.Changed,
    bool RemoveOrphans = false,
    bool NoStart = false,
    bool NoDeps = false,
    bool RenewAnonymousVolumes = false,
    TimeSpan? StopGrace = null,
    string? Pull = null,
    bool QuietPull = false)
{
    /// <summary><c>run</c>: only what this container needs, and the container.</summary>
    public OneOffWish? OneOff { get; init; }

    /// <summary>For what is not named but depended on; null: as the rest. <c>--always-recreate-deps</c>.</summary>
    public RecreatePolicy RecreateDependencies { get; init; } = RecreatePolicy.Changed;

    /// <summary>It is not over before everything is ready: <c>--wait</c>.</summary>
    public bool Wait { get; init; }

    /// <summary>How long at most; null: as long as need be.</summary>
    public TimeSpan? WaitTimeout { get; init; }

    /// <summary>What is built is built anew, or not even when it is missing; null: when it is missing. It comes before the plan: only a dry run asks.</summary>
    public bool? Build { get; init; }

    /// <summary>Yes to everything that would be asked: data of volumes that have changed may go.</summary>
    public bool AssumeYes { get; init; }
}
