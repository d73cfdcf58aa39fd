using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Devoxx.Compose;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Planning;

/// <summary>From the file's networks to ours. Pure.</summary>
internal static class NetworkSpecs
{
    private const string Bridge = "com.docker.network.bridge.";

    private static readonly ImmutableHashSet<string> BridgeOptions =
    [
        Bridge + "name", Bridge + "enable_icc", Bridge + "enable_ip_masquerade", Bridge + "host_binding_ipv4", "com.docker.network.driver.mtu",
    ];

    /// <summary>The network's name on this machine: its own, or <c>project_key</c>.</summary>
    public static string NameOf(Project project, string key) =>
        project.Networks.TryGetValue(key, out var network) && network.Name is { Length: > 0 } name ? name
        : network is { External: true } ? key
        : $"{project.Name}_{key}";

    /// <summary>What Docker has as networks and we as modes: <c>host</c> or <c>none</c>; null: a network.</summary>
    public static string? ModeOf(Project project, string key)
    {
        var network = project.Networks.GetValueOrDefault(key);
        var name = NameOf(project, key);
        return network?.Driver is "host" or "none" ? network.Driver
            : network?.Driver == "null" ? "none"
            : network is { External: true } && name is "host" or "none" ? name
            : null;
    }

    public static NetworkSpec Of(Project project, string key, Func<string> newId)
    {
        var network = project.Networks.GetValueOrDefault(key) ?? new Network();
        var labels = network.Labels.SetItem("com.docker.compose.project", project.Name).SetItem("com.docker.compose.network", key);
        return Of(network, NameOf(project, key), newId) with { Project = project.Name, Labels = labels };
    }

    /// <summary>One that is no project's.</summary>
    public static NetworkSpec Of(Network network, string name, Func<string> newId) => new()
    {
        Name = name,
        Id = newId(),
        Driver = DriverOf(network),
        Subnets = [.. network.Ipam.Config.Where(c => !string.IsNullOrEmpty(c.Subnet)).Select(c => new SubnetSpec(
            c.Subnet!, Text(c.Gateway), Text(c.IpRange), c.AuxAddresses.IsEmpty ? null : c.AuxAddresses))],
        Internal = network.Internal,
        Attachable = network.Attachable,
        EnableIpv4 = network.EnableIpv4 ?? true,
        EnableIpv6 = HasIpv6(network),
        Options = network.DriverOpts,
        Labels = network.Labels,
        ConfigHash = HashOf(network),
        Link = LinkOf(network),
    };

    /// <summary>The network that <c>network_mode: bridge</c> means.</summary>
    public static NetworkSpec DefaultBridge(Func<string> newId) => new() { Name = NetworkSpec.DefaultBridge, Id = newId() };

    public static bool HasIpv6(Network network) => network.EnableIpv6 ?? network.Ipam.Config.Any(c => c.Subnet?.Contains(':') == true);

    /// <summary>Tells whether the file says something else of the network than when it was made.</summary>
    public static string HashOf(Network network)
    {
        var text = new StringBuilder()
            .Append(DriverOf(network)).Append('\n').Append(network.Internal).Append(network.Attachable).Append(network.EnableIpv4 ?? true).Append(HasIpv6(network)).Append('\n');
        foreach (var (name, value) in network.DriverOpts.Concat(network.Labels))
        {
            text.Append(name).Append('=').Append(value).Append('\n');
        }

        foreach (var pool in network.Ipam.Config)
        {
            text.Append(pool.Subnet).Append(' ').Append(pool.Gateway).Append(' ').Append(pool.IpRange).Append(' ')
                .AppendJoin(' ', pool.AuxAddresses.Select(a => a.Key + "=" + a.Value)).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Why the network cannot be had; null: it can.</summary>
    public static string? Refusal(string name, Network network)
    {
        if (ResourceName.Refusal(name) is { } wrongName)
        {
            return wrongName;
        }

        if (network.Driver is not (null or "" or "default" or "bridge" or "macvlan" or "ipvlan" or "host" or "none" or "null"))
        {
            return network.Driver == "overlay"
                ? "driver overlay is for swarms of machines; on one machine a bridge does the same"
                : $"driver {network.Driver} is not supported; bridge, macvlan, ipvlan, host and none are";
        }

        if (network.Ipam.Driver is not (null or "" or "default"))
        {
            return $"ipam driver {network.Ipam.Driver} is not supported; default is";
        }

        if (DriverOf(network) != NetworkDriver.Bridge && string.IsNullOrEmpty(network.DriverOpts.GetValueOrDefault("parent")))
        {
            return $"driver {network.Driver} needs driver_opts `parent`: the interface of this machine that it is on, e.g. eth0";
        }

        foreach (var (option, value) in network.DriverOpts)
        {
            if (Wrong(option, value) is { } wrong)
            {
                return $"driver_opts.{option}: {wrong}";
            }
        }

        foreach (var pool in network.Ipam.Config)
        {
            if (WrongPool(pool) is { } wrong)
            {
                return wrong;
            }
        }

        return network is { EnableIpv4: false } && !HasIpv6(network) ? "with enable_ipv4: false and without IPv6 nobody on it has an address" : null;
    }

    /// <summary>Options that are of no effect here, for a warning.</summary>
    public static IEnumerable<string> WithoutEffect(Network network) => DriverOf(network) == NetworkDriver.Bridge
        ? network.DriverOpts.Keys.Where(k => !BridgeOptions.Contains(k))
        : network.DriverOpts.Keys.Where(k => k is not ("parent" or "macvlan_mode" or "ipvlan_mode" or "com.docker.network.driver.mtu"));

    private static NetworkDriver DriverOf(Network network) => network.Driver switch
    {
        "macvlan" => NetworkDriver.Macvlan,
        "ipvlan" => NetworkDriver.Ipvlan,
        _ => NetworkDriver.Bridge,
    };

    private static string LinkOf(Network network) => DriverOf(network) == NetworkDriver.Bridge
        ? network.DriverOpts.GetValueOrDefault(Bridge + "name", "")
        : network.DriverOpts.GetValueOrDefault("parent", "");

    private static string? Wrong(string option, string value) => option switch
    {
        Bridge + "name" or "parent" when value.Length is 0 or > 15 || value.AsSpan().IndexOfAny("/ :") >= 0 => $"{value} cannot be the name of an interface: 1 to 15 characters without slash, colon or space",
        Bridge + "enable_icc" or Bridge + "enable_ip_masquerade" when value is not ("true" or "false") => $"{value} is neither true nor false",
        Bridge + "host_binding_ipv4" when !System.Net.IPAddress.TryParse(value, out _) => $"{value} is not an address",
        "com.docker.network.driver.mtu" when !int.TryParse(value, out var mtu) || mtu is < 68 or > 65535 => $"{value} is not a size of packets from 68 to 65535",
        "macvlan_mode" when value is not ("bridge" or "private" or "vepa" or "passthru") => $"{value} is not known; it is bridge, private, vepa or passthru",
        "ipvlan_mode" when value is not ("l2" or "l3" or "l3s") => $"{value} is not known; it is l2, l3 or l3s",
        _ => null,
    };

    private static string? WrongPool(IpamPool pool)
    {
        if (string.IsNullOrEmpty(pool.Subnet))
        {
            return string.IsNullOrEmpty(pool.Gateway) && string.IsNullOrEmpty(pool.IpRange) && pool.AuxAddresses.IsEmpty
                ? null
                : "an ipam pool with a gateway, a range or aux_addresses needs a subnet";
        }

        try
        {
            var subnet = AddressMath.ParseNetwork(pool.Subnet);
            if (Text(pool.IpRange) is { } range && AddressMath.ParseNetwork(range) is var part
                && !(subnet.Contains(part.BaseAddress) && part.PrefixLength >= subnet.PrefixLength))
            {
                return $"ip_range {range} is not within subnet {pool.Subnet}";
            }

            foreach (var address in new[] { Text(pool.Gateway) }.OfType<string>().Concat(pool.AuxAddresses.Values))
            {
                if (!System.Net.IPAddress.TryParse(address, out var parsed) || !subnet.Contains(parsed))
                {
                    return $"{address} is not an address of subnet {pool.Subnet}";
                }
            }

            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
