using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>Where output goes.</summary>
public sealed record Logging
{
    public string? Driver { get; init; }
    public ImmutableSortedDictionary<string, string> Options { get; init; } = Sorted<string>.Empty;

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
