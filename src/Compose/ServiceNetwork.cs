using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>How a service is attached to a network.</summary>
public sealed record ServiceNetwork
{
    public ImmutableArray<string> Aliases { get; init; } = [];
    public ImmutableSortedDictionary<string, string> DriverOpts { get; init; } = Sorted<string>.Empty;
    public long? GwPriority { get; init; }
    public string? InterfaceName { get; init; }
    public string? Ipv4Address { get; init; }
    public string? Ipv6Address { get; init; }
    public ImmutableArray<string> LinkLocalIps { get; init; } = [];
    public string? MacAddress { get; init; }
    public long? Priority { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
