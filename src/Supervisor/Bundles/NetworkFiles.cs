using System.Collections.Immutable;
using System.Net;
using System.Text;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Bundles;

/// <summary>What stands in a container's /etc/hosts and /etc/resolv.conf. Pure.</summary>
internal static class NetworkFiles
{
    /// <summary>Where the names of networks are answered, inside each container's own namespace.</summary>
    public const string ResolverAddress = "127.0.0.11";

    public static string Hosts(ContainerSpec spec, ContainerNetwork network)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        text.Append(Extra(spec, network));
        var name = spec.Domainname is { Length: > 0 } domain ? $"{spec.Hostname}.{domain} {spec.Hostname}" : spec.Hostname;
        var addresses = network.Attachments.SelectMany(a => new[] { a.Lease.Ipv4, a.Lease.Ipv6 }).OfType<string>().ToList();
        foreach (var address in addresses.DefaultIfEmpty("127.0.0.1"))
        {
            text.Append(address).Append('\t').Append(name).Append('\n');
        }

        return text.ToString();
    }

    /// <summary><c>extra_hosts</c>; <c>host-gateway</c> is the host's address on the container's first network.</summary>
    public static string Extra(ContainerSpec spec, ContainerNetwork network)
    {
        var text = new StringBuilder();
        var gateway = network.Attachments.Select(a => a.Network.Subnet4?.Gateway ?? a.Network.Subnet6?.Gateway).OfType<string>().FirstOrDefault() ?? "127.0.0.1";
        foreach (var entry in spec.Networking?.ExtraHosts ?? [])
        {
            text.Append(entry.Address == "host-gateway" ? gateway : entry.Address).Append('\t').Append(entry.Name).Append('\n');
        }

        return text.ToString();
    }

    /// <param name="host">The host's own resolv.conf.</param>
    public static string ResolvConf(ContainerSpec spec, ContainerNetwork network, string host)
    {
        var networking = spec.Networking ?? new ContainerNetworking();
        var ofHost = host.Split('\n').Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(l => l.Length > 1).ToImmutableArray();
        var search = networking.DnsSearch.IsEmpty ? [.. ofHost.LastOrDefault(l => l[0] is "search" or "domain")?[1..] ?? []] : networking.DnsSearch;
        var options = networking.DnsOptions.IsEmpty ? [.. ofHost.Where(l => l[0] == "options").SelectMany(l => l[1..])] : networking.DnsOptions;
        var onNetworks = network.Attachments.Any(a => a.Network.Name != NetworkSpec.DefaultBridge);
        ImmutableArray<string> servers = onNetworks ? [ResolverAddress]
            : !networking.Dns.IsEmpty ? networking.Dns
            : [.. ofHost.Where(l => l[0] == "nameserver" && (spec.NetworkMode == "host" || !IsLoopback(l[1]))).Select(l => l[1])];
        if (onNetworks && !options.Any(o => o.StartsWith("ndots:", StringComparison.Ordinal)))
        {
            // A service's name has no dot, and is to be asked for as it stands.
            options = options.Add("ndots:0");
        }

        var text = new StringBuilder();
        foreach (var server in servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (search.Length > 0 && search is not ["."])
        {
            text.Append("search ").AppendJoin(' ', search).Append('\n');
        }

        return options.Length == 0 ? text.ToString() : text.Append("options ").AppendJoin(' ', options).Append('\n').ToString();
    }

    private static bool IsLoopback(string address) => IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip);
}
