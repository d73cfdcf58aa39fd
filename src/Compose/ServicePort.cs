using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A published port.</summary>
public sealed record ServicePort
{
    public string? Name { get; init; }
    public string? Mode { get; init; }
    public string? HostIp { get; init; }
    public long? Target { get; init; }
    /// <summary>A port, a range, or null: any free port.</summary>
    public string? Published { get; init; }
    public string? Protocol { get; init; }
    public string? AppProtocol { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
