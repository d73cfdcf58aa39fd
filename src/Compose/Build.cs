using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>How an image is built.</summary>
public sealed record Build
{
    public string? Context { get; init; }
    public string? Dockerfile { get; init; }
    public string? DockerfileInline { get; init; }
    public ImmutableArray<string> Entitlements { get; init; } = [];
    public ImmutableSortedDictionary<string, string?> Args { get; init; } = Sorted<string?>.Empty;
    public string? Provenance { get; init; }
    public string? Sbom { get; init; }
    /// <summary>Key id to socket or key path; an empty path: the agent.</summary>
    public ImmutableSortedDictionary<string, string> Ssh { get; init; } = Sorted<string>.Empty;
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public ImmutableArray<string> CacheFrom { get; init; } = [];
    public ImmutableArray<string> CacheTo { get; init; } = [];
    public bool NoCache { get; init; }
    public ImmutableArray<string> NoCacheFilter { get; init; } = [];
    public ImmutableSortedDictionary<string, string> AdditionalContexts { get; init; } = Sorted<string>.Empty;
    public bool Pull { get; init; }
    public ImmutableSortedDictionary<string, ImmutableArray<string>> ExtraHosts { get; init; } = Sorted<ImmutableArray<string>>.Empty;
    public string? Isolation { get; init; }
    public string? Network { get; init; }
    public string? Target { get; init; }
    public ImmutableArray<FileMount> Secrets { get; init; } = [];
    /// <summary>Bytes.</summary>
    public long? ShmSize { get; init; }
    public ImmutableArray<string> Tags { get; init; } = [];
    public ImmutableSortedDictionary<string, Ulimit> Ulimits { get; init; } = Sorted<Ulimit>.Empty;
    public ImmutableArray<string> Platforms { get; init; } = [];
    public bool Privileged { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
