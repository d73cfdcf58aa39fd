using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A top-level language model.</summary>
public sealed record LanguageModel
{
    public string? Name { get; init; }
    public string? Model { get; init; }
    public long? ContextSize { get; init; }
    public ImmutableArray<string> RuntimeFlags { get; init; } = [];

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
