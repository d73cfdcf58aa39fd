using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>One entry of `depends_on`.</summary>
public sealed record Dependency
{
    /// <summary>`service_started`, `service_healthy` or `service_completed_successfully`.</summary>
    public string? Condition { get; init; }
    public bool Restart { get; init; }
    public bool Required { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
