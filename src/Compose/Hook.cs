using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A command run around a container's life.</summary>
public sealed record Hook
{
    public ImmutableArray<string>? Command { get; init; }
    public string? Image { get; init; }
    public string? User { get; init; }
    public bool Privileged { get; init; }
    public string? WorkingDir { get; init; }
    public ImmutableSortedDictionary<string, string?> Environment { get; init; } = Sorted<string?>.Empty;
    public bool PerReplica { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
