using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;

namespace Devoxx.Supervisor.Networks;

/// <summary>What is done to the kernel for a network. Each may be done twice: the second time it finds its work done.</summary>
internal static class NetworkEffects
{
    public static void Make(MakeNetwork make, HostNetworking host)
    {
        var spec = make.Spec;
        using var route = NetlinkSocket.OpenRoute();
        if (spec.Driver != NetworkDriver.Bridge)
        {
            if (Links.Find(route, spec.Link) is null)
            {
                throw new IOException($"network {spec.Name}: its parent interface {spec.Link} does not exist; `ip link` lists those there are; name one by driver_opts `parent`");
            }

            return;
        }

        var bridge = Links.Find(route, spec.Link);
        if (bridge is not null && bridge.Group != host.Names.Group)
        {
            throw new IOException($"network {spec.Name}: an interface {spec.Link} exists already, and it is not of this program; choose another com.docker.network.bridge.name");
        }

        if (bridge is null)
        {
            Links.AddBridge(route, spec.Link, LinkNames.BridgeMac(spec.Id), spec.Mtu, host.Names.Group);
            bridge = Links.Find(route, spec.Link)!;
        }

        SetSwitches(spec);
        foreach (var subnet in spec.Subnets)
        {
            Addresses.Add(route, bridge.Index, IPAddress.Parse(subnet.Gateway!), IPNetwork.Parse(subnet.Subnet).PrefixLength);
        }

        host.Forwarding.Acquire(spec.Id, spec.EnableIpv6);
    }

    public static void Unmake(NetworkSpec spec, HostNetworking host)
    {
        if (spec.Driver != NetworkDriver.Bridge)
        {
            return;
        }

        using var route = NetlinkSocket.OpenRoute();
        if (Links.Find(route, spec.Link) is { } bridge && bridge.Group == host.Names.Group)
        {
            Links.Delete(route, spec.Link);
        }

        host.Forwarding.Release(spec.Id);
    }

    /// <summary>Ports that lost their bridge, because somebody deleted it, get it back.</summary>
    public static void Rejoin(NetworkSpec spec, IEnumerable<Lease> leases)
    {
        if (spec.Driver != NetworkDriver.Bridge)
        {
            return;
        }

        using var route = NetlinkSocket.OpenRoute();
        var bridge = Links.Find(route, spec.Link)!;
        foreach (var lease in leases.Where(l => l.Connected))
        {
            if (Links.Find(route, lease.HostLink) is { } port && port.Master != bridge.Index)
            {
                Links.SetMaster(route, port.Index, bridge.Index);
            }
        }
    }

    public static void Connect(Connect connect, HostNetworking host)
    {
        var (spec, lease) = (connect.Spec, connect.Lease);
        using var route = NetlinkSocket.OpenRoute();
        var mac = lease.Mac.Length == 0 ? null : PhysicalAddress.Parse(lease.Mac.Replace(':', '-').ToUpperInvariant());
        var parent = Links.Find(route, spec.Link) ?? throw new IOException($"network {spec.Name}: its interface {spec.Link} is gone");
        switch (spec.Driver)
        {
            case NetworkDriver.Bridge:
                // Of a run that ended while nobody looked.
                Links.Delete(route, lease.HostLink);
                Links.AddVeth(
                    route,
                    new LinkEnd(lease.HostLink, Master: parent.Index),
                    new LinkEnd(lease.Interface, mac, connect.Namespace.Descriptor),
                    spec.Mtu, host.Names.Group);
                if (!spec.AllowsNeighbours || lease.Ports.Length > 0)
                {
                    // Where frames on a bridge pass the host's packet rules (net.bridge.bridge-nf-call-iptables), one from a container to its own
                    // published port leaves the bridge where it came in.
                    Links.SetPort(route, Links.Find(route, lease.HostLink)!.Index, isolated: !spec.AllowsNeighbours, hairpin: lease.Ports.Length > 0);
                }

                break;
            case NetworkDriver.Macvlan:
                AddOnParent(spec, () => Links.AddMacvlan(route, new LinkEnd(lease.Interface, mac, connect.Namespace.Descriptor), parent.Index, MacvlanMode(spec), spec.Mtu));
                break;
            default:
                AddOnParent(spec, () => Links.AddIpvlan(route, new LinkEnd(lease.Interface, null, connect.Namespace.Descriptor), parent.Index, IpvlanMode(spec), spec.Mtu));
                break;
        }

        Configure(connect.Namespace, connect);
    }

    private static void AddOnParent(NetworkSpec spec, Action add)
    {
        const int EBUSY = 16, EOPNOTSUPP = 95;
        var kind = spec.Driver.ToString().ToLowerInvariant();
        try
        {
            add();
        }
        catch (LinuxException e) when (e.Errno == EOPNOTSUPP)
        {
            throw new IOException($"network {spec.Name}: this kernel has no {kind} (CONFIG_{kind.ToUpperInvariant()}), or not yet (`modprobe {kind}`): {e.Message}");
        }
        catch (LinuxException e) when (e.Errno == EBUSY)
        {
            throw new IOException($"network {spec.Name}: its parent interface {spec.Link} serves something else that shuts {kind} out (a bridge, a bond, ipvlan beside macvlan, passthru): {e.Message}");
        }
    }

    /// <summary>The interface goes, and with it the container's end; of macvlan and ipvlan it goes with the namespace.</summary>
    public static void Disconnect(Lease lease)
    {
        if (lease.HostLink.Length > 0)
        {
            using var route = NetlinkSocket.OpenRoute();
            Links.Delete(route, lease.HostLink);
        }
    }

    private static void Configure(NetworkNamespace @namespace, Connect connect)
    {
        var (spec, lease, route) = (connect.Spec, connect.Lease, @namespace.Route);
        var index = Links.Find(route, lease.Interface)!.Index;
        foreach (var (subnet, address) in new[] { (spec.Subnet4, lease.Ipv4), (spec.Subnet6, lease.Ipv6) })
        {
            if (subnet is not null && address is not null)
            {
                Addresses.Add(route, index, IPAddress.Parse(address), IPNetwork.Parse(subnet.Subnet).PrefixLength);
            }
        }

        foreach (var text in lease.LinkLocalIps)
        {
            var address = IPAddress.Parse(text);
            Addresses.Add(route, index, address, address.IsIpv6() ? 64 : 16);
        }

        Links.SetUp(route, index);
        if (connect.IsGateway4 && !spec.Internal && spec.Subnet4 is { } subnet4)
        {
            Routes.SetDefault(route, AddressFamily.InterNetwork, GatewayOf(spec, subnet4), index);
        }

        if (connect.IsGateway6 && !spec.Internal && spec.Subnet6 is { } subnet6)
        {
            Routes.SetDefault(route, AddressFamily.InterNetworkV6, GatewayOf(spec, subnet6), index);
        }
    }

    private static IPAddress? GatewayOf(NetworkSpec spec, SubnetSpec subnet) =>
        spec.Driver == NetworkDriver.Ipvlan && IpvlanMode(spec) != 0 ? null : IPAddress.Parse(subnet.Gateway!);

    private static uint MacvlanMode(NetworkSpec spec) => spec.Options.GetValueOrDefault("macvlan_mode", "bridge") switch
    {
        "private" => 1,
        "vepa" => 2,
        "passthru" => 8,
        _ => 4,
    };

    private static ushort IpvlanMode(NetworkSpec spec) => spec.Options.GetValueOrDefault("ipvlan_mode", "l2") switch
    {
        "l3" => 1,
        "l3s" => 2,
        _ => 0,
    };

    /// <summary>All of the bridge itself: they go with it.</summary>
    private static void SetSwitches(NetworkSpec spec)
    {
        // 127.0.0.1 of the host may then be the source of what is routed to a container: nothing else makes a port that is
        // published reachable there. What containers send to 127.0.0.0/8 is dropped (FirewallRules).
        Set($"/proc/sys/net/ipv4/conf/{spec.Link}/route_localnet", "1");
        Set($"/proc/sys/net/ipv6/conf/{spec.Link}/accept_ra", "0");
        if (!spec.EnableIpv6)
        {
            Set($"/proc/sys/net/ipv6/conf/{spec.Link}/disable_ipv6", "1");
        }
    }

    private static void Set(string path, string value)
    {
        // A kernel may be without IPv6.
        if (File.Exists(path))
        {
            File.WriteAllText(path, value);
        }
    }
}
