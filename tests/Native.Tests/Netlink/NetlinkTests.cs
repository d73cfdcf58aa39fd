using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;
using Nft = Devoxx.Native.Nftables.Nftables;
using NftablesException = Devoxx.Native.Nftables.NftablesException;

namespace Devoxx.Native.Tests.Netlink;

/// <summary>On the real kernel, in namespaces that nobody else sees; ip(8) and nft(8) are the witnesses. Needs root.</summary>
public sealed class NetlinkTests
{
    [Fact]
    public void A_new_namespace_has_loopback_up_and_nothing_else()
    {
        using var made = NetworkNamespace.Create();

        Assert.Equal(["lo"], Links.All(made.Route).Where(l => l.IsUp).Select(l => l.Name));
        Assert.Contains("127.0.0.1/8", Witness(made, "ip", "-brief", "address"));
    }

    [Fact]
    public void A_namespace_is_found_by_the_path_of_its_descriptor()
    {
        using var made = NetworkNamespace.Create();
        Links.AddBridge(made.Route, "marker", new PhysicalAddress([2, 0, 0, 0, 0, 1]), null, 0);

        using var again = NetworkNamespace.Open(made.Path);

        Assert.NotNull(Links.Find(again.Route, "marker"));
    }

    [Fact]
    public void Forgets_the_flows_of_a_port_that_are_meant_and_no_others()
    {
        using var made = NetworkNamespace.Create();
        Witness(made, "nft", "add table ip t; add chain ip t c { type nat hook output priority -100; }; add rule ip t c ct state new accept");
        made.Run(() =>
        {
            using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 7007));
            foreach (var port in new[] { 5300, 5301 })
            {
                client.Send("hello"u8.ToArray(), 5, new IPEndPoint(IPAddress.Loopback, port));
            }

            return true;
        });
        using var socket = made.Run(NetlinkSocket.OpenNetfilter);
        var seen = new List<Flow>();

        Assert.Equal(0, Conntrack.Forget(socket, AddressFamily.InterNetwork, 17, 5300, flow =>
        {
            seen.Add(flow);
            return false;
        }));
        var flow = Assert.Single(seen);
        Assert.Equal((7007, 5300, IPAddress.Loopback), (flow.Source.Port, flow.Destination.Port, flow.Answering));
        Assert.Equal(1, Conntrack.Forget(socket, AddressFamily.InterNetwork, 17, 5300, _ => true));
        Assert.Equal(0, Conntrack.Forget(socket, AddressFamily.InterNetwork, 17, 5300, _ => true));
        Assert.Equal(1, Conntrack.Forget(socket, AddressFamily.InterNetwork, 17, 5301, _ => true));
    }

    [Fact]
    public void Connects_two_namespaces_by_a_bridge_in_a_third()
    {
        using var host = NetworkNamespace.Create();
        using var one = NetworkNamespace.Create();
        using var other = NetworkNamespace.Create();
        Links.AddBridge(host.Route, "br", new PhysicalAddress([2, 0, 0, 0, 0, 1]), 1400, 77);
        var bridge = Links.Find(host.Route, "br")!;
        Addresses.Add(host.Route, bridge.Index, IPAddress.Parse("10.9.0.1"), 24);
        foreach (var (end, number) in new[] { (one, 2), (other, 3) })
        {
            Links.AddVeth(
                host.Route, new LinkEnd($"port{number}", Master: bridge.Index),
                new LinkEnd("eth0", new PhysicalAddress([2, 0x42, 10, 9, 0, (byte)number]), end.Descriptor), 1400, 77);
            var inside = Links.Find(end.Route, "eth0")!;
            Addresses.Add(end.Route, inside.Index, IPAddress.Parse($"10.9.0.{number}"), 24);
            Links.SetUp(end.Route, inside.Index);
            Routes.SetDefault(end.Route, AddressFamily.InterNetwork, IPAddress.Parse("10.9.0.1"), inside.Index);
        }

        Assert.Equal(("bridge", 1400, 77u, true), (bridge.Kind, bridge.Mtu, bridge.Group, bridge.IsUp));
        Assert.Contains("default via 10.9.0.1 dev eth0", Witness(one, "ip", "route"));
        Assert.Contains("02:42:0a:09:00:03", Witness(other, "ip", "link", "show", "eth0"));
        Assert.Contains("10.9.0.0/24", Routes.All(one.Route, AddressFamily.InterNetwork).Select(r => r.Destination.ToString()));
        Assert.Contains(Addresses.All(other.Route), a => a is { PrefixLength: 24 } && a.Address.Equals(IPAddress.Parse("10.9.0.3")));
        Assert.Equal("heard", Exchange(one, other, "10.9.0.3"));
    }

    [Fact]
    public void Isolated_ports_do_not_hear_each_other()
    {
        using var host = NetworkNamespace.Create();
        Links.AddBridge(host.Route, "br", new PhysicalAddress([2, 0, 0, 0, 0, 1]), null, 0);
        Links.AddVeth(host.Route, new LinkEnd("port", Master: Links.Find(host.Route, "br")!.Index), new LinkEnd("end"), null, 0);

        Links.SetPort(host.Route, Links.Find(host.Route, "port")!.Index, isolated: true, hairpin: true);

        var port = Witness(host, "bridge", "-detail", "link", "show", "dev", "port");
        Assert.Contains("isolated on", port);
        Assert.Contains("hairpin on", port);
    }

    [Fact]
    public void Deletes_both_ends_and_says_when_there_is_nothing_to_delete()
    {
        using var host = NetworkNamespace.Create();
        using var there = NetworkNamespace.Create();
        Links.AddVeth(host.Route, new LinkEnd("here"), new LinkEnd("there", null, there.Descriptor), null, 0);

        Assert.True(Links.Delete(host.Route, "here"));
        Assert.False(Links.Delete(host.Route, "here"));
        Assert.Null(Links.Find(there.Route, "there"));
    }

    [Fact]
    public void Says_what_the_kernel_objects_to_in_its_own_words()
    {
        using var host = NetworkNamespace.Create();
        Links.AddBridge(host.Route, "br", new PhysicalAddress([2, 0, 0, 0, 0, 1]), null, 0);

        var twice = Assert.Throws<LinuxException>(() => Links.AddBridge(host.Route, "br", new PhysicalAddress([2, 0, 0, 0, 0, 1]), null, 0));
        var words = Assert.Throws<LinuxException>(() => Addresses.Add(host.Route, 4711, IPAddress.Parse("10.0.0.1"), 24));

        Assert.Equal("RTM_NEWLINK bridge br: EEXIST, file exists", twice.Message, ignoreCase: true);
        Assert.StartsWith("RTM_NEWADDR 10.0.0.1/24 on interface 4711", words.Message);
    }

    [Fact]
    public void A_macvlan_interface_is_made_in_the_namespace_it_is_for()
    {
        using var host = NetworkNamespace.Create();
        using var there = NetworkNamespace.Create();
        Links.AddVeth(host.Route, new LinkEnd("parent"), new LinkEnd("far"), null, 0);
        Links.SetUp(host.Route, Links.Find(host.Route, "far")!.Index);

        Links.AddMacvlan(host.Route, new LinkEnd("eth0", new PhysicalAddress([2, 1, 2, 3, 4, 5]), there.Descriptor), Links.Find(host.Route, "parent")!.Index, 4, null);

        Assert.Contains("macvlan mode bridge", Witness(there, "ip", "-detail", "link", "show", "eth0"));
    }

    [Fact]
    public void Changes_the_firewall_in_one_transaction_or_not_at_all()
    {
        using var host = NetworkNamespace.Create();
        host.Run(() =>
        {
            using var nftables = Nft.Open();
            nftables.Run("add table inet mine; add set inet mine ports { type inet_service; }");
            var error = Assert.Throws<NftablesException>(() => nftables.Run("add element inet mine ports { 80 }; add element inet mine other { 81 }"));
            Assert.Contains("No such file or directory", error.Message);
            nftables.Run("add element inet mine ports { 82 }");
            return true;
        });

        Assert.Contains("elements = { 82 }", Witness(host, "nft", "list", "ruleset"));
    }

    [Fact]
    public void Tells_of_what_others_do_to_the_firewall()
    {
        using var host = NetworkNamespace.Create();
        using var notices = host.Run(NetlinkSocket.OpenNftablesNotices);
        Witness(host, "nft", "add", "table", "inet", "foreign");

        var types = new List<int>();
        Assert.True(notices.ReadNotices((type, _) => types.Add(type & 0xff)));

        Assert.Equal([0 /* NFT_MSG_NEWTABLE */, 15 /* NFT_MSG_NEWGEN */], types);
    }

    /// <summary>One listens, the other says a word; what was heard.</summary>
    private static string Exchange(NetworkNamespace from, NetworkNamespace to, string address)
    {
        using var listener = to.Run(() =>
        {
            var socket = new TcpListener(IPAddress.Any, 5000);
            socket.Start();
            return socket;
        });
        using var client = from.Run(() =>
        {
            var socket = new TcpClient();
            socket.Connect(address, 5000);
            return socket;
        });
        client.GetStream().Write("heard"u8);
        client.Client.Shutdown(SocketShutdown.Send);
        using var accepted = listener.AcceptTcpClient();
        using var reader = new StreamReader(accepted.GetStream());
        return reader.ReadToEnd();
    }

    private static string Witness(NetworkNamespace inside, string program, params string[] arguments) => inside.Run(() =>
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    });
}
