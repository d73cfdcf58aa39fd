using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A config or secret as a service sees it.</summary>
public sealed record FileMount
{
    public string? Source { get; init; }
    public string? Target { get; init; }
    public string? Uid { get; init; }
    public string? Gid { get; init; }
    /// <summary>Permission bits.</summary>
    public int? Mode { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
