using System.Collections.Immutable;

namespace Devoxx.Oci.Names;

/// <summary>
/// The names of one network, as the supervisor writes them for <c>devoxx-runtime resolver</c>:
/// <c>&lt;directory&gt;/networks/&lt;network id&gt;.json</c>.
/// </summary>
/// <remarks>Getters stand in for what is absent: the generated deserializer overwrites initializers of init-only members.</remarks>
public sealed record NetworkZone
{
    public required string Id { get; init; }

    /// <summary>On this machine: <c>shop_default</c>. Also the domain of its containers: <c>shop-web-1.shop_default</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whoever is on such networks only learns no name of the outside.</summary>
    public bool Internal { get; init; }

    /// <summary>In CIDR form. Names of addresses within are never asked for outside.</summary>
    public ImmutableArray<string> Subnets { get => field.IsDefault ? [] : field; init; }

    /// <summary>The containers that are connected now.</summary>
    public ImmutableArray<ZoneMember> Members { get => field.IsDefault ? [] : field; init; }
}

/// <summary>One container on one network. It answers to its name, the first twelve digits of its id, its hostname, its service and its aliases.</summary>
public sealed record ZoneMember
{
    public required string ContainerId { get; init; }

    public required string Name { get; init; }

    public string Project { get => field ?? ""; init; }

    public string Service { get => field ?? ""; init; }

    public string Hostname { get => field ?? ""; init; }

    public ImmutableArray<string> Aliases { get => field.IsDefault ? [] : field; init; }

    public string? Ipv4 { get; init; }

    public string? Ipv6 { get; init; }

    /// <summary>What SRV records tell of: <c>_http._tcp.web</c>, <c>_8080._tcp.web</c>. By number.</summary>
    public ImmutableArray<ZonePort> Ports { get => field.IsDefault ? [] : field; init; }
}

/// <summary>A port that a container listens on, published or only exposed.</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="Name">As the file calls it; null: it has only its number.</param>
public sealed record ZonePort(int Port, string Protocol = "tcp", string? Name = null);
