using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A top-level config or secret.</summary>
public sealed record FileObject
{
    public string? Name { get; init; }
    public string? File { get; init; }
    public string? Environment { get; init; }
    public string? Content { get; init; }
    public bool External { get; init; }
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public string? Driver { get; init; }
    public ImmutableSortedDictionary<string, string> DriverOpts { get; init; } = Sorted<string>.Empty;
    public string? TemplateDriver { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
