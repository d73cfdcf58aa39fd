using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>How health is probed.</summary>
public sealed record Healthcheck
{
    /// <summary>`CMD …`, `CMD-SHELL …` or `NONE`.</summary>
    public ImmutableArray<string> Test { get; init; } = [];
    public TimeSpan? Timeout { get; init; }
    public TimeSpan? Interval { get; init; }
    public long? Retries { get; init; }
    public TimeSpan? StartPeriod { get; init; }
    public TimeSpan? StartInterval { get; init; }
    public bool Disable { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
