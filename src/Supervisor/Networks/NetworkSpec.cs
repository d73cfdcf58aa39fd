using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Devoxx.Supervisor.Networks;

/// <summary>How containers of a network are connected.</summary>
public enum NetworkDriver
{
    /// <summary>A bridge of the host's; the host routes between it and the world.</summary>
    Bridge,

    /// <summary>Interfaces with addresses of their own on an interface of the host's.</summary>
    Macvlan,

    /// <summary>The same, sharing the parent's hardware address.</summary>
    Ipvlan,
}

/// <summary>A network: everything needed to make it again. Journaled when it is made; another configuration is another network.</summary>
public sealed record NetworkSpec
{
    /// <summary>The network that <c>network_mode: bridge</c> means; belongs to no project.</summary>
    public const string DefaultBridge = "bridge";

    /// <summary>On this machine: <c>shop_default</c>.</summary>
    public required string Name { get; init; }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    public NetworkDriver Driver { get; init; }

    /// <summary>Whose it is; null: nobody's.</summary>
    public string? Project { get; init; }

    /// <summary>As wanted; of those chosen by this program too, once the network is made. At most one of each family serves addresses.</summary>
    public ImmutableArray<SubnetSpec> Subnets { get; init; } = [];

    /// <summary>Reaches nothing outside, and is not reached from there.</summary>
    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    public bool EnableIpv4 { get; init; } = true;

    public bool EnableIpv6 { get; init; }

    /// <summary><c>driver_opts</c>.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Tells whether the file says something else now.</summary>
    public string ConfigHash { get; init; } = "";

    /// <summary>The bridge's interface, or of macvlan and ipvlan the interface below; set when the network is made.</summary>
    public string Link { get; init; } = "";

    /// <summary>Bytes; null: the kernel's default.</summary>
    [JsonIgnore]
    public int? Mtu => Options.TryGetValue("com.docker.network.driver.mtu", out var mtu) && int.TryParse(mtu, out var bytes) ? bytes : null;

    /// <summary>Whether its containers may talk to each other.</summary>
    [JsonIgnore]
    public bool AllowsNeighbours => Options.GetValueOrDefault("com.docker.network.bridge.enable_icc") is not "false";

    /// <summary>Whether containers reach the outside under the host's address.</summary>
    [JsonIgnore]
    public bool Masquerades => !Internal && Options.GetValueOrDefault("com.docker.network.bridge.enable_ip_masquerade") is not "false";

    /// <summary>Where ports are published that name no address; null: everywhere.</summary>
    [JsonIgnore]
    public string? HostBinding => Options.GetValueOrDefault("com.docker.network.bridge.host_binding_ipv4");

    [JsonIgnore]
    public SubnetSpec? Subnet4 => Subnets.FirstOrDefault(s => !s.IsIpv6);

    [JsonIgnore]
    public SubnetSpec? Subnet6 => Subnets.FirstOrDefault(s => s.IsIpv6);
}

/// <summary>A pool of addresses.</summary>
/// <param name="Subnet">In CIDR form.</param>
/// <param name="Gateway">Null: the first address.</param>
/// <param name="Range">The part of the subnet that addresses are given out of, in CIDR form; null: all of it.</param>
/// <param name="Reserved">Addresses that are given to nobody, by the name of who has them.</param>
public sealed record SubnetSpec(string Subnet, string? Gateway = null, string? Range = null, ImmutableSortedDictionary<string, string>? Reserved = null)
{
    [JsonIgnore]
    public bool IsIpv6 => Subnet.Contains(':');
}
