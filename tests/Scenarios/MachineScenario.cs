using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>What networks mean for the machine they are on, on one that belongs to the test: all of its links, routes, rules and switches are compared.</summary>
public sealed class MachineScenario
{
    private const string Box = "image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL";

    private const string Web = "image: busybox:1.36, command: sh -c 'mkdir /w; hostname > /w/index.html; exec httpd -p 80 -h /w -f', stop_signal: SIGKILL";

    [Fact]
    public async Task Down_and_recovery_after_the_death_of_everything_leave_the_machine_as_it_was()
    {
        using var machine = new Machine();
        await using var sandbox = await Sandbox.Create(machine.Surround);
        using var other = new OtherHost(machine.Namespace);
        machine.Witness("nft", "add table inet theirs; add chain inet theirs forward { type filter hook forward priority 0; policy accept; }");
        sandbox.Write($$"""
            name: whole
            services:
              web: { {{Web}}, hostname: web, ports: ["8080:80", "5353:53/udp"], networks: [outer, inner] }
              inside: { {{Box}}, networks: [inner] }
              plain: { {{Box}}, network_mode: bridge }
              wire: { {{Box}}, networks: [wire] }
            networks:
              outer: { enable_ipv6: true }
              inner: { internal: true }
              wire: { driver: macvlan, driver_opts: { parent: {{other.Wire}} }, ipam: { config: [{ subnet: 198.51.100.0/24 }] } }
            """);
        await Machine.Until(() => !machine.Everything().Any(l => l.Contains("tentative")), "the machine's own addresses settle");
        var before = machine.Everything();
        Assert.Contains("switch ipv4/ip_forward:0", before);

        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains("switch ipv4/ip_forward:1", machine.Everything());
        Assert.Equal("web", await Await(machine, IPAddress.Loopback, 8080));
        Assert.Equal("web", machine.Get(IPAddress.IPv6Loopback, 8080));
        Assert.Equal("web", other.Get(other.ThisHost6, 8080));
        var first = await Leases(sandbox);

        // Somebody else's reload of all rules there are: ours come back, as many as they were.
        var rules = OurRules(machine, sandbox);
        machine.Witness("nft", "flush", "ruleset");
        await Machine.Until(() => OurRules(machine, sandbox).Count == rules.Count, "the rules come back");
        Assert.Equal(rules, OurRules(machine, sandbox));
        Assert.Equal("web", other.Get(other.ThisHost, 8080));
        machine.Witness("nft", "add table inet theirs; add chain inet theirs forward { type filter hook forward priority 0; policy accept; }");

        (await sandbox.Compose("down", "-t", "0")).Succeeded();
        machine.AssertAsBefore(before);

        // The first addresses again: none is leased to somebody who is gone.
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(first, await Leases(sandbox));
        await Sandbox.Kill(sandbox.Processes());
        (await sandbox.Compose("ps", "-a")).Succeeded();
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(first, await Leases(sandbox));
        await Sandbox.Kill(sandbox.Processes());
        (await sandbox.Compose("down", "-t", "0")).Succeeded();
        machine.AssertAsBefore(before);
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task A_firewall_that_stands_in_the_way_is_named_at_up_until_it_lets_the_networks_through()
    {
        using var machine = new Machine();
        await using var sandbox = await Sandbox.Create(machine.Surround);
        using var other = new OtherHost(machine.Namespace);
        machine.Witness("nft", "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }");
        sandbox.Write($$"""services: { web: { {{Web}}, hostname: web, ports: ["8080:80"] } }""");

        var warned = (await sandbox.Compose("up", "-d")).Succeeded().Error;
        Assert.Contains("chain FORWARD of table ip filter", warned);
        Assert.Contains("policy drop", warned);
        Assert.Contains($"nft insert rule ip filter FORWARD iifname '\"{sandbox.LinkPrefix}b*\"' accept", warned);
        Assert.Null(other.Get(other.ThisHost, 8080));
        Assert.Equal("web", await Await(machine, IPAddress.Loopback, 8080));

        // As it says; and from then on there is nothing to say.
        machine.Witness("nft", $"insert rule ip filter FORWARD iifname \"{sandbox.LinkPrefix}b*\" accept; insert rule ip filter FORWARD oifname \"{sandbox.LinkPrefix}b*\" accept");
        Assert.DoesNotContain("filter", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        Assert.Equal("web", other.Get(other.ThisHost, 8080));

        // Another stands up meanwhile, as firewalld does it: with a last rule.
        machine.Witness("nft", "add table inet firewalld; add chain inet firewalld filter_FORWARD { type filter hook forward priority filter + 10; }; add rule inet firewalld filter_FORWARD counter reject with icmpx admin-prohibited");
        var again = (await sandbox.Compose("up", "-d")).Succeeded().Error;
        Assert.Contains("chain filter_FORWARD of table inet firewalld", again);
        Assert.DoesNotContain("ip filter", again);
        Assert.Contains("policy drop", string.Join('\n', machine.Witness("nft", "list", "table", "ip", "filter")));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task The_options_of_drivers_are_seen_from_inside_and_outside()
    {
        using var machine = new Machine();
        await using var sandbox = await Sandbox.Create(machine.Surround);
        using var other = new OtherHost(machine.Namespace);
        using var server = other.Serve(8000);
        using var wired = Neighbour(other, "198.51.100.9/24");
        sandbox.Write($$"""
            name: opts
            services:
              a: { {{Web}}, hostname: a, ports: ["8080:80"], networks: [shy] }
              b: { {{Web}}, networks: [shy] }
              open: { {{Web}}, networks: [bare], dns_opt: ["timeout:3"], domainname: example.test }
              six: { {{Web}}, hostname: six, ports: ["8086:80"], networks: { only6: { priority: 5 }, bare: { } } }
              wire: { {{Web}}, hostname: wire, ports: ["8090:80"], networks: { wire: { mac_address: "02:42:c6:33:64:07", ipv4_address: 198.51.100.7 } } }
            networks:
              shy:
                driver_opts:
                  com.docker.network.bridge.enable_icc: "false"
                  com.docker.network.bridge.host_binding_ipv4: "127.0.0.1"
                  com.docker.network.bridge.name: br-shy
                  com.docker.network.driver.mtu: "1300"
              bare:
                ipam: { config: [{ subnet: 10.99.7.0/24 }] }
                driver_opts: { com.docker.network.bridge.enable_ip_masquerade: "false", com.docker.network.bridge.inhibit_ipv4: "true" }
              only6: { enable_ipv4: false, enable_ipv6: true }
              wire: { driver: macvlan, driver_opts: { parent: {{other.Wire}} }, ipam: { config: [{ subnet: 198.51.100.0/24, gateway: 198.51.100.9 }] } }
            """);
        var up = (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains("driver_opts.com.docker.network.bridge.inhibit_ipv4 has no effect", up.Error);
        Assert.Contains("service wire: ports have no effect, because all of its networks are macvlan (wire)", up.Error);
        var neighbour = (await Addresses(sandbox, "b"))[0];

        // No talk between neighbours, published at 127.0.0.1 only, the bridge's own name, smaller packets.
        Assert.NotEqual(0, (await Get(sandbox, "a", neighbour)).ExitCode);
        Assert.Equal("a", await Await(machine, IPAddress.Loopback, 8080));
        Assert.Null(machine.Get(other.ThisHost, 8080));
        Assert.Null(other.Get(other.ThisHost, 8080));
        Assert.Contains(machine.Witness("ip", "-o", "link", "show", "br-shy"), l => l.Contains("mtu 1300"));
        Assert.Contains("mtu 1300", (await Exec(sandbox, "a", "ip link show eth0")).Succeeded().Out);

        // Not masqueraded: the other host sees the container itself, once it knows the way back.
        Routes.SetDefault(other.Namespace.Route, AddressFamily.InterNetwork, other.ThisHost, Links.Find(other.Namespace.Route, "eth0")!.Index);
        Assert.Equal((await Addresses(sandbox, "open"))[0].ToString(), (await Exec(sandbox, "open", $"timeout 3 wget -qO- http://{other.Address}:8000/")).Succeeded().Out.Trim());
        var files = (await Exec(sandbox, "open", "cat /etc/resolv.conf /proc/sys/kernel/domainname")).Succeeded().Out;
        Assert.Contains("timeout:3", files);
        Assert.Contains("example.test", files);

        // IPv6 only: no address of IPv4 there, and the default route goes where there is one.
        Assert.DoesNotContain("inet ", (await Exec(sandbox, "six", "ip -4 addr show eth0")).Out);
        Assert.Contains("dev eth1", (await Exec(sandbox, "six", "ip -4 route | grep default")).Succeeded().Out);
        Assert.Contains("dev eth0", (await Exec(sandbox, "six", "ip -6 route | grep default")).Succeeded().Out);
        Assert.Equal("six", machine.Get(IPAddress.Loopback, 8086));

        // On the wire itself, as a machine of its own.
        Assert.Equal("wire", wired.Run(() => Http.Get(IPAddress.Parse("198.51.100.7"), 80)));
        Assert.Contains("02:42:c6:33:64:07", (await Exec(sandbox, "wire", "ip link show eth0")).Succeeded().Out);
        Assert.Contains("default via 198.51.100.9", (await Exec(sandbox, "wire", "ip route")).Succeeded().Out);

        // Where the kernel has ipvlan it works the same; where it has not, that is said.
        sandbox.Write($$"""
            name: vlan
            services: { wire: { {{Web}}, hostname: wire, networks: { wire: { ipv4_address: 198.51.100.8 } } } }
            networks: { wire: { driver: ipvlan, driver_opts: { parent: {{Second(machine, other)}} }, ipam: { config: [{ subnet: 198.51.100.0/24 }] } } }
            """, "ipvlan.yaml");
        var ipvlan = await sandbox.Compose("-f", "ipvlan.yaml", "up", "-d");
        if (ipvlan.ExitCode == 0)
        {
            Assert.Equal("wire", wired.Run(() => Http.Get(IPAddress.Parse("198.51.100.8"), 80)));
        }
        else
        {
            Assert.Contains("network vlan_wire: this kernel has no ipvlan (CONFIG_IPVLAN)", ipvlan.Error);
        }

        await sandbox.AssertNothingLeft("compose.yaml", "ipvlan.yaml");
    }

    [Fact]
    public async Task Datagrams_reach_published_ports_from_everywhere_and_flows_of_before_are_led_anew()
    {
        using var machine = new Machine();
        await using var sandbox = await Sandbox.Create(machine.Surround);
        using var other = new OtherHost(machine.Namespace);
        var stack = $$"""
            services:
              echo: { {{Box}}, ports: ["5300:53/udp", "7000:7000/sctp"], networks: { default: { ipv4_address: 10.98.3.10 } } }
              asking: { {{Box}} }
            networks: { default: { ipam: { config: [{ subnet: 10.98.3.0/24 }] } } }
            """;
        sandbox.Write(stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var port = new IPEndPoint(other.ThisHost, 5300);
        using (var inside = await Inside(sandbox, "echo"))
        using (Udp.Serve(inside, 53, "one"))
        {
            Assert.Equal($"one {other.Address}", Udp.Ask(other.Namespace, port, 4444));
            Assert.Equal("one 10.98.3.1", Udp.Ask(machine.Namespace, new IPEndPoint(IPAddress.Loopback, 5300), 4445));
            Assert.StartsWith("one ", Udp.Ask(machine.Namespace, new IPEndPoint(IPAddress.IPv6Loopback, 5300)));
            Assert.StartsWith("one ", Udp.Ask(machine.Namespace, port));
            using var asking = await Inside(sandbox, "asking");
            Assert.Equal("one 10.98.3.1", Udp.Ask(asking, port));
            Assert.Equal("one 10.98.3.1", Udp.Ask(inside, port));

            // What no socket here speaks is translated too: the packet arrives as it was sent.
            Assert.True(Sctp.Arrives(other.Namespace, other.ThisHost, 7000, inside), "no SCTP arrives in the container");
        }

        // Made anew at another address: who goes on sending from the same port is led there, not to where it was.
        sandbox.Write(stack.Replace("10.98.3.10", "10.98.3.20"));
        (await sandbox.Compose("up", "-d", "-t", "0")).Succeeded();
        using (var inside = await Inside(sandbox, "echo"))
        using (Udp.Serve(inside, 53, "two"))
        {
            Assert.Equal($"two {other.Address}", Udp.Ask(other.Namespace, port, 4444));
            Assert.Equal("two 10.98.3.1", Udp.Ask(machine.Namespace, new IPEndPoint(IPAddress.Loopback, 5300), 4445));
        }

        // Down for a moment, and somebody sends meanwhile: that it went nowhere is not remembered.
        (await sandbox.Compose("stop", "-t", "0", "echo")).Succeeded();
        Assert.Null(Udp.Ask(other.Namespace, port, 4444, milliseconds: 100));
        (await sandbox.Compose("start", "echo")).Succeeded();
        using (var inside = await Inside(sandbox, "echo"))
        using (Udp.Serve(inside, 53, "three"))
        {
            Assert.Equal($"three {other.Address}", Udp.Ask(other.Namespace, port, 4444));
        }

        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task What_is_published_at_127_0_0_1_is_not_reached_by_a_neighbour_that_sends_there()
    {
        using var machine = new Machine();
        await using var sandbox = await Sandbox.Create(machine.Surround);
        using var other = new OtherHost(machine.Namespace);
        sandbox.Write($$"""services: { web: { {{Web}}, hostname: web, ports: ["127.0.0.1:8080:80", "8081:80"] } }""");
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal("web", await Await(machine, IPAddress.Loopback, 8080));
        Assert.Equal("web", other.Get(other.ThisHost, 8081));

        // The neighbour has a route for 127.0.0.1 that leads here: nothing but the rules keeps it out.
        other.Witness("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet");
        other.Witness("sh", "-c", $"ip route flush table local 127.0.0.0/8; ip route flush table local 127.0.0.1; ip route add 127.0.0.1 via {other.ThisHost} src {other.Address}");
        machine.Witness("nft", $"add table ip witness; add chain ip witness seen {{ type filter hook forward priority -10; }}; add rule ip witness seen iifname {other.Wire} counter");
        Assert.Null(other.Get(IPAddress.Loopback, 8080));
        Assert.Null(other.Get(IPAddress.Loopback, 8081));

        // Not even the first packet, which is all that a datagram needs.
        Assert.Contains(machine.Witness("nft", "list", "table", "ip", "witness"), line => line.Contains("counter packets 0 bytes 0"));
        await sandbox.AssertNothingLeft();
    }

    /// <summary>A machine of its own on the other end of the wire, beside the host there.</summary>
    private static NetworkNamespace Neighbour(OtherHost other, string address)
    {
        var made = NetworkNamespace.Create();
        Links.AddMacvlan(other.Namespace.Route, new LinkEnd("eth0", new PhysicalAddress([2, 0x42, 0xc6, 0x33, 0x64, 9]), made.Descriptor), Links.Find(other.Namespace.Route, "eth0")!.Index, 4, null);
        var index = Links.Find(made.Route, "eth0")!.Index;
        Devoxx.Native.Netlink.Addresses.Add(made.Route, index, IPAddress.Parse(address.Split('/')[0]), int.Parse(address.Split('/')[1]));
        Links.SetUp(made.Route, index);
        return made;
    }

    /// <summary>Another wire to the other host: one interface cannot have both macvlan and ipvlan on it.</summary>
    private static string Second(Machine machine, OtherHost other)
    {
        Links.AddVeth(machine.Namespace.Route, new LinkEnd("wire2"), new LinkEnd("eth1", null, other.Namespace.Descriptor), null, 0);
        Links.SetUp(other.Namespace.Route, Links.Find(other.Namespace.Route, "eth1")!.Index);
        return "wire2";
    }

    private static async Task<NetworkNamespace> Inside(Sandbox sandbox, string service) =>
        NetworkNamespace.Open($"/proc/{sandbox.ProcessesOf(await sandbox.Id(service)).First()}/ns/net");

    private static async Task<string?> Await(Machine machine, IPAddress address, int port)
    {
        string? body = null;
        await Machine.Until(() => (body = machine.Get(address, port)) is not null, $"port {port} answers");
        return body;
    }

    /// <summary>How many addresses each network has given away, to how many names.</summary>
    private static async Task<IReadOnlyList<string>> Leases(Sandbox sandbox)
    {
        var networks = (await sandbox.Compose("network", "ls", "-q", "--no-trunc")).Succeeded().Lines;
        return [.. (await sandbox.Compose(["network", "inspect", .. networks])).Succeeded().Json
            .SelectMany(network => network.GetProperty("Containers").EnumerateObject()
                .Select(member => int.Parse(member.Value.GetProperty("IPv4Address").GetString()!.Split('/')[0].Split('.')[3])).Order()
                .Select(last => $"{network.GetProperty("Name").GetString()}: .{last}")).Order(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> OurRules(Machine machine, Sandbox sandbox)
    {
        var tables = machine.Witness("nft", "list", "tables").Where(t => t.EndsWith(" " + sandbox.Name, StringComparison.Ordinal)).ToList();

        // Word by word: a set has no order.
        return [.. tables.SelectMany(t => machine.Witness("nft", ["list", .. t.Split(' ')])).SelectMany(l => l.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal)];
    }

    private static Task<Outcome> Exec(Sandbox sandbox, string service, string command) => sandbox.Compose("exec", "-T", service, "sh", "-c", command);

    private static Task<Outcome> Get(Sandbox sandbox, string service, IPAddress address) => Exec(sandbox, service, $"timeout 2 wget -qO- http://{address}/");

    /// <summary>All global addresses of IPv4, by the names of its interfaces.</summary>
    private static async Task<IReadOnlyList<IPAddress>> Addresses(Sandbox sandbox, string service) =>
        [.. (await Exec(sandbox, service, "ip -4 -o addr show scope global")).Succeeded().Lines.Order(StringComparer.Ordinal).Select(l => IPAddress.Parse(l.Split("inet ")[1].Split('/')[0]))];
}
