using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>How a service learns of a model.</summary>
public sealed record ServiceModel
{
    public string? EndpointVar { get; init; }
    public string? ModelVar { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
