using Devoxx.Native.Namespaces;

namespace Devoxx.Supervisor.Networks;

/// <summary>What the networks of one supervisor share of the host.</summary>
internal sealed class HostNetworking(StateRoot root) : IDisposable
{
    public LinkNames Names { get; } = new(root);

    public Firewall Firewall { get; } = new(root.Name, "fw-" + new LinkNames(root).Prefix);

    public ForwardObstacles Obstacles { get; } = new(root.Name, new LinkNames(root).Prefix + "b");

    public HostForwarding Forwarding { get; } = new(root.Name, new LinkNames(root).Prefix);

    /// <summary>A namespace for one run of a container, with Docker's settings for what an ordinary user may do there.</summary>
    /// <param name="ipv6">Whether any of its networks has IPv6.</param>
    public static NetworkNamespace NewNamespace(bool ipv6) => NetworkNamespace.Create(() =>
    {
        File.WriteAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
        File.WriteAllText("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
        if (!ipv6 && File.Exists("/proc/sys/net/ipv6/conf/default/disable_ipv6"))
        {
            // Only of interfaces that come: loopback keeps ::1.
            File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        }
    });

    /// <summary>Which container of ours has which host port, by <c>8080/tcp</c>.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, string> PortHolders { get; } = new(StringComparer.Ordinal);

    public void Dispose() => Firewall.Dispose();
}
