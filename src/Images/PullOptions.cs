using System.Collections.Immutable;

namespace Devoxx.Images;

/// <summary>How to pull. The defaults are what `pull` does with no option.</summary>
public sealed record PullOptions
{
    /// <summary>The platform wanted from a multi-platform image; null for this machine's.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>Layers downloaded at the same time.</summary>
    public int ParallelDownloads { get; init; } = 3;

    /// <summary>How long to wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a registry that has taken the connection may take to begin its answer, or to take on the next piece of what is sent to it.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A download that brings nothing for so long is broken off and taken up again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request or a broken layer is tried again.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The first pause before a retry; doubled each time, with jitter. Tests shorten it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Environment for <c>REGISTRY_AUTH_FILE</c>, <c>DOCKER_CONFIG</c>, <c>HOME</c>, <c>HTTPS_PROXY</c> …; null for the process's own.</summary>
    public ImmutableDictionary<string, string>? Environment { get; init; }

    /// <summary>One variable of <see cref="Environment"/>. A process that systemd starts has no HOME, but its user has one.</summary>
    internal string? Variable(string name) => Environment is not null ? Environment.GetValueOrDefault(name)
        : System.Environment.GetEnvironmentVariable(name) ?? (name == "HOME" ? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile) : null);

    /// <summary>Mirrors and insecure registries; null for the files that <see cref="Registry.RegistriesConfiguration.Load"/> finds.</summary>
    public Registry.RegistriesConfiguration? Registries { get; init; }
}
