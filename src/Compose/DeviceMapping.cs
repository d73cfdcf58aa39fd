using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A device node given to the container.</summary>
public sealed record DeviceMapping
{
    public string? Source { get; init; }
    public string? Target { get; init; }
    public string? Permissions { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
