using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A top-level network.</summary>
public sealed record Network
{
    public string? Name { get; init; }
    public string? Driver { get; init; }
    public ImmutableSortedDictionary<string, string> DriverOpts { get; init; } = Sorted<string>.Empty;
    public Ipam Ipam { get; init; } = new();
    public bool External { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public bool? EnableIpv4 { get; init; }
    public bool? EnableIpv6 { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>Address management of a network.</summary>
public sealed record Ipam
{
    public string? Driver { get; init; }
    public ImmutableArray<IpamPool> Config { get; init; } = [];

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>One pool of addresses.</summary>
public sealed record IpamPool
{
    public string? Subnet { get; init; }
    public string? Gateway { get; init; }
    public string? IpRange { get; init; }
    public ImmutableSortedDictionary<string, string> AuxAddresses { get; init; } = Sorted<string>.Empty;

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
