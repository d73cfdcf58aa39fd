using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A service that an external program provides.</summary>
public sealed record Provider
{
    public string? Type { get; init; }
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } = Sorted<ImmutableArray<string>>.Empty;

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
