using System.Collections.Immutable;

namespace Devoxx.Supervisor.Networks;

/// <summary>How a container wants to be on a network: part of what the container is.</summary>
public sealed record EndpointSpec
{
    /// <summary>The network's name on this machine.</summary>
    public required string Network { get; init; }

    /// <summary>Names it answers to on this network, besides its own.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    public string? Ipv4Address { get; init; }

    public string? Ipv6Address { get; init; }

    /// <summary>The network has IPv6.</summary>
    public bool Ipv6 { get; init; }

    /// <summary>The network has no IPv4: no default route of IPv4 goes through it.</summary>
    public bool WithoutIpv4 { get; init; }

    /// <summary>The network reaches nothing outside: no default route goes through it, and no port is published on it.</summary>
    public bool Internal { get; init; }

    /// <summary>Macvlan or ipvlan: what comes to the host does not come there, so no port is published on it.</summary>
    public bool BesideHost { get; init; }

    public ImmutableArray<string> LinkLocalIps { get; init; } = [];

    public string? MacAddress { get; init; }

    /// <summary>In the container; null: <c>eth0</c>, <c>eth1</c>, … in the order of the networks.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Whose gateway is the container's default route: the highest, and of equals the first by name.</summary>
    public long GatewayPriority { get; init; }

    /// <summary>Connected first: the highest.</summary>
    public long Priority { get; init; }
}

/// <summary>A port that a container wants to be reached at.</summary>
/// <param name="HostIp">Null: every address of the host.</param>
/// <param name="Published">A port, or a range <c>8000-8010</c> of which the first free one serves; null: any free one.</param>
/// <param name="Target">In the container.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="Name">As the file calls it, for SRV records; null: it has only its number.</param>
public sealed record PortSpec(string? HostIp, string? Published, int Target, string Protocol = "tcp", string? Name = null);

/// <summary>A port that is published.</summary>
/// <param name="HostIp">Null: every address of the host.</param>
/// <param name="Name">As the file calls it; null: it has only its number.</param>
public sealed record PublishedPort(string? HostIp, int HostPort, int Target, string Protocol, string? Name = null);

/// <summary>All a container wants of networks.</summary>
public sealed record ContainerNetworking
{
    /// <summary>In the order of connection.</summary>
    public ImmutableArray<EndpointSpec> Endpoints { get; init; } = [];

    public ImmutableArray<PortSpec> Ports { get; init; } = [];

    /// <summary>Ports that the container listens on, published or not: <c>80/tcp</c>.</summary>
    public ImmutableArray<string> Exposed { get; init; } = [];

    /// <summary>Container whose network namespace it shares, by name or id; null: none.</summary>
    public string? SharedWith { get; init; }

    /// <summary><c>extra_hosts</c>: name and address, or <c>host-gateway</c>.</summary>
    public ImmutableArray<HostEntry> ExtraHosts { get; init; } = [];

    /// <summary>Resolvers that take the place of the host's.</summary>
    public ImmutableArray<string> Dns { get; init; } = [];

    public ImmutableArray<string> DnsSearch { get; init; } = [];

    public ImmutableArray<string> DnsOptions { get; init; } = [];

    /// <summary><c>links</c> and <c>external_links</c>: the container's name, or <c>service</c> of this project, and what this container calls it.</summary>
    public ImmutableArray<LinkSpec> Links { get; init; } = [];
}

/// <summary>A line of /etc/hosts.</summary>
public sealed record HostEntry(string Name, string Address);

/// <summary>A name that only one container uses for another.</summary>
/// <param name="Service">Of the same project; null for a container of whatever project.</param>
public sealed record LinkSpec(string? Service, string? Container, string Alias);

/// <summary>What a run of a container has been given of networks, as people ask for it.</summary>
public sealed record ContainerConnections(ImmutableArray<ContainerConnection> Networks, ImmutableArray<PublishedPort> Ports);

/// <summary>One of its networks.</summary>
public sealed record ContainerConnection(string Network, string Interface, string? Ipv4, string? Ipv6, string Mac, string? Gateway);

/// <summary>What a network has given a container: kept while the container exists, so that it has the same address at every start.</summary>
public sealed record Lease
{
    public required string ContainerId { get; init; }

    public required string ContainerName { get; init; }

    public required string Project { get; init; }

    public required string Service { get; init; }

    public string Hostname { get; init; } = "";

    public ImmutableArray<string> Aliases { get; init; } = [];

    public string? Ipv4 { get; init; }

    public string? Ipv6 { get; init; }

    public ImmutableArray<string> LinkLocalIps { get; init; } = [];

    /// <summary><c>02:42:ac:12:00:02</c>; of ipvlan empty, it is the parent's.</summary>
    public required string Mac { get; init; }

    /// <summary>The host's end of the pair; of macvlan and ipvlan empty.</summary>
    public string HostLink { get; init; } = "";

    /// <summary>The container's end, in its namespace.</summary>
    public required string Interface { get; init; }

    public ImmutableArray<PublishedPort> Ports { get; init; } = [];

    public ImmutableArray<string> Exposed { get; init; } = [];

    /// <summary>A run of the container is, or is being, connected.</summary>
    public bool Connected { get; init; }
}
