using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A top-level volume.</summary>
public sealed record Volume
{
    public string? Name { get; init; }
    public string? Driver { get; init; }
    public ImmutableSortedDictionary<string, string> DriverOpts { get; init; } = Sorted<string>.Empty;
    public bool External { get; init; }
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
