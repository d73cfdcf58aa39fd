using System.Net;
using System.Net.Sockets;
using Devoxx.Native.Netlink;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// The kernel asks the rules of translation for the first packet of a flow only, and a flow of UDP lasts as long as packets come: who goes on sending to a
/// published port would go on being led to where its container was before, or past one that was not there for a moment. (TCP begins anew by itself.)
/// </summary>
internal static class StaleFlows
{
    private const byte Udp = 17;

    /// <summary>Forgets all flows of UDP to the ports of a lease that do not reach its addresses: of one that is gone, all.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static int Forget(NetworkSpec spec, Lease lease, bool gone)
    {
        var ports = spec.Internal ? [] : lease.Ports.Where(p => p.Protocol == "udp").ToList();
        if (ports.Count == 0)
        {
            return 0;
        }

        using var route = NetlinkSocket.OpenRoute();
        using var netfilter = NetlinkSocket.OpenNetfilter();
        var ours = Addresses.All(route).Select(a => a.Address).ToHashSet();
        var reached = gone ? [] : new[] { lease.Ipv4, lease.Ipv6 }.OfType<string>().Select(IPAddress.Parse).ToHashSet();
        return ports.DistinctBy(p => (p.HostIp, p.HostPort)).Sum(port => new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
            .Where(family => !(family == AddressFamily.InterNetworkV6 && lease.Ipv6 is null))
            .Sum(family => Conntrack.Forget(netfilter, family, Udp, port.HostPort, flow => IsStale(flow, port, ours, reached))));
    }

    /// <summary>Sent to an address of this machine, where the port is published, and answered by somebody else than who has it now. Pure.</summary>
    internal static bool IsStale(Flow flow, PublishedPort port, IReadOnlySet<IPAddress> ours, IReadOnlySet<IPAddress> reached) =>
        (IPAddress.IsLoopback(flow.Destination.Address) || ours.Contains(flow.Destination.Address))
        && (port.HostIp is not { } text || IPAddress.Parse(text) is var host && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) || host.Equals(flow.Destination.Address)))
        && !reached.Contains(flow.Answering);
}
