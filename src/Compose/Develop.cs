using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>The `develop` section.</summary>
public sealed record Develop
{
    public ImmutableArray<Watch> Watch { get; init; } = [];

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>One watched path.</summary>
public sealed record Watch
{
    public string Path { get; init; } = "";
    public string Action { get; init; } = "";
    public string? Target { get; init; }
    public Hook Exec { get; init; } = new();
    public ImmutableArray<string> Include { get; init; } = [];
    public ImmutableArray<string> Ignore { get; init; } = [];
    public bool InitialSync { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
