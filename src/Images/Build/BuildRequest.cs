using System.Collections.Immutable;

namespace Devoxx.Images.Build;

/// <summary>A `build:` section, resolved: every path absolute, every variable replaced (Compose Build specification).</summary>
public sealed record BuildRequest
{
    /// <summary>An absolute directory, or an address of a Git repository or archive that the builder fetches itself.</summary>
    public required string Context { get; init; }

    /// <summary>Absolute, or relative to the context; null for its <c>Dockerfile</c>.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>The Dockerfile's text, in place of a file.</summary>
    public string? DockerfileInline { get; init; }

    /// <summary>Names of the result, at least one.</summary>
    public required ImmutableArray<ImageReference> Tags { get; init; }

    /// <summary>A null value is taken from the builder's environment.</summary>
    public ImmutableSortedDictionary<string, string?> Args { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Named contexts: name → directory or address.</summary>
    public ImmutableSortedDictionary<string, string> AdditionalContexts { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>A stage to stop at.</summary>
    public string? Target { get; init; }

    public ImmutableArray<string> CacheFrom { get; init; } = [];

    public ImmutableArray<string> CacheTo { get; init; } = [];

    public ImmutableArray<BuildSecret> Secrets { get; init; } = [];

    /// <summary><c>default</c>, or <c>id=path</c>.</summary>
    public ImmutableArray<string> Ssh { get; init; } = [];

    /// <summary>null for this machine's.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>To be built for each of these, so that the names stand for all of them; empty: for <see cref="Platform"/> only.</summary>
    public ImmutableArray<ImagePlatform> Platforms { get; init; } = [];

    /// <summary><c>host</c>, <c>none</c> or null for the builder's default.</summary>
    public string? Network { get; init; }

    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    /// <summary>Bytes of /dev/shm; null for the builder's default.</summary>
    public long? ShmSize { get; init; }

    /// <summary><c>name=soft[:hard]</c>, as setrlimit(2) names them.</summary>
    public ImmutableArray<string> Ulimits { get; init; } = [];

    /// <summary>Bytes that a step of the build may use; null: not limited.</summary>
    public long? Memory { get; init; }

    public bool NoCache { get; init; }

    /// <summary>Look for newer base images.</summary>
    public bool Pull { get; init; }

    /// <summary>What the builder runs with, secrets and the agent's socket among it; null: this process's own environment.</summary>
    public ImmutableDictionary<string, string>? Environment { get; init; }
}

/// <summary>A secret that the build may see and the image never has: from a file, or from an environment variable.</summary>
public sealed record BuildSecret(string Id, string? File, string? EnvironmentVariable);
