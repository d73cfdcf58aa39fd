using System.Net;
using System.Net.Sockets;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Bridges, addresses, published ports and walls between networks, on the real kernel, with ip(8) and nft(8) as witnesses.</summary>
public sealed class NetworksScenario
{
    /// <summary>A web server that says who it is, and logs whom it answers; the brace is still open.</summary>
    private const string Web = "{image: busybox:1.36, command: sh -c 'mkdir /w; hostname > /w/index.html; exec httpd -p 80 -h /w -f -v'";

    [Fact]
    public async Task Published_ports_are_reached_from_everywhere_and_the_client_is_known()
    {
        await using var sandbox = await Sandbox.Create();
        using var other = new OtherHost();
        var (port, local, udp) = (Http.FreePort(), Http.FreePort(), Http.FreePort());
        sandbox.Write($$"""
            services:
              web: {{Web}}, hostname: web, ports: ["{{port}}:80", "127.0.0.1:{{local}}:80", "{{udp}}:53/udp", "80"]}
              asking: {image: busybox:1.36, command: sleep 1000000, networks: [elsewhere]}
            networks: {elsewhere: {} }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Equal("web", await Http.Await(IPAddress.Loopback, port));
        Assert.Equal("web", Http.Get(IPAddress.IPv6Loopback, port));
        Assert.Equal("web", Http.Get(other.ThisHost, port));
        Assert.Equal("web", Http.Get(IPAddress.Loopback, local));
        Assert.Null(Http.Get(other.ThisHost, local));
        Assert.Equal("web", other.Get(other.ThisHost, port));
        Assert.Equal("web", other.Get(other.ThisHost6, port));
        Assert.Null(other.Get(other.ThisHost, local));
        Assert.Contains($"{other.Address}]", (await sandbox.Compose("logs", "web")).Succeeded().Out);

        // From the container itself, and from one on another network, by the host's address.
        Assert.Equal("web", (await Get(sandbox, "web", other.ThisHost, port)).Succeeded().Out.Trim());
        Assert.Equal("web", (await Get(sandbox, "asking", other.ThisHost, port)).Succeeded().Out.Trim());

        Assert.Equal($"0.0.0.0:{port}", (await sandbox.Compose("port", "web", "80")).Succeeded().Out.Trim());
        Assert.Equal($"0.0.0.0:{udp}", (await sandbox.Compose("port", "--protocol", "udp", "web", "53")).Succeeded().Out.Trim());
        (await sandbox.Compose("port", "web", "81")).FailedWith(1);
        var publishers = Assert.Single((await sandbox.Containers())["web"]).GetProperty("Publishers").EnumerateArray().Select(p =>
            $"{p.GetProperty("URL")} {p.GetProperty("PublishedPort")} {p.GetProperty("TargetPort")} {p.GetProperty("Protocol")}").ToList();
        Assert.Contains($":: {port} 80 tcp", publishers);
        Assert.Contains($"127.0.0.1 {local} 80 tcp", publishers);
        Assert.Equal(7, publishers.Count);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_reaches_the_outside_under_the_hosts_address_and_nobody_reaches_it_unasked()
    {
        await using var sandbox = await Sandbox.Create();
        using var other = new OtherHost();
        using var server = other.Serve(8000);
        sandbox.Write($$"""
            services:
              open: {{Web}} }
              closed: {{Web}}, networks: [inner]}
              beside: {{Web}}, networks: [inner]}
            networks:
              inner: {internal: true}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var (open, closed, beside) = (await Address(sandbox, "open"), await Address(sandbox, "closed"), await Address(sandbox, "beside"));

        Assert.Equal(other.ThisHost.ToString(), (await Get(sandbox, "open", other.Address, 8000)).Succeeded().Out.Trim());
        Assert.NotEqual(0, (await Get(sandbox, "closed", other.Address, 8000)).ExitCode);
        Assert.Equal(0, (await Get(sandbox, "closed", beside, 80)).ExitCode);

        // Neither another network nor another machine gets in; not by its address, and not by a route that a container sets itself.
        Assert.NotEqual(0, (await Get(sandbox, "open", closed, 80)).ExitCode);
        Assert.NotEqual(0, (await Get(sandbox, "closed", open, 80)).ExitCode);
        Assert.Null(other.Get(open, 80));
        Assert.NotNull(Http.Get(open, 80));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_cannot_speak_under_anothers_address()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            services:
              victim: {{Web}}, hostname: victim}
              spoofer: {{Web}}, hostname: spoofer, cap_add: [NET_ADMIN]}
              asking: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, cap_add: [NET_ADMIN]}
            networks:
              default: {enable_ipv6: true}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var gateway = (await Exec(sandbox, "spoofer", "ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p'")).Succeeded().Out.Trim();
        var own = await Address(sandbox, "spoofer");
        var victim = await Address(sandbox, "victim");
        Assert.Equal(0, (await Exec(sandbox, "spoofer", $"ping -c 1 -W 2 {gateway}")).ExitCode);

        // An address that nobody has leased: what it sends from there arrives nowhere.
        var free = victim.ToString()[..(victim.ToString().LastIndexOf('.') + 1)] + "77";
        (await Exec(sandbox, "spoofer", $"ip addr add {free}/20 dev eth0")).Succeeded();
        Assert.NotEqual(0, (await Exec(sandbox, "spoofer", $"ping -c 1 -W 1 -I {free} {gateway}")).ExitCode);
        Assert.Equal(0, (await Exec(sandbox, "spoofer", $"ping -c 1 -W 2 -I {own} {gateway}")).ExitCode);

        // Nor does it get what is meant for another, by telling everybody that the other's addresses are its own (ARP, neighbour discovery).
        var victim6 = (await Exec(sandbox, "victim", "ip -6 -o addr show eth0 scope global | sed 's/.*inet6 \\([^/]*\\).*/\\1/'")).Succeeded().Out.Trim();
        using (var inside = NetworkNamespace.Open($"/proc/{sandbox.ProcessesOf(await sandbox.Id("spoofer")).First()}/ns/net"))
        {
            foreach (var (address, length) in new[] { (victim, 20), (IPAddress.Parse(victim6), 64) })
            {
                Addresses.Add(inside.Route, Links.Find(inside.Route, "eth0")!.Index, address, length);
            }
        }

        for (var i = 0; i < 3; i++)
        {
            await Exec(sandbox, "asking", "ip neigh flush dev eth0");
            Assert.Equal("victim", (await Get(sandbox, "asking", victim, 80)).Succeeded().Out.Trim());
            Assert.Equal("victim", (await Exec(sandbox, "asking", $"timeout 3 wget -qO- http://[{victim6}]:80/")).Succeeded().Out.Trim());
            await Exec(sandbox, "spoofer", $"arping -A -c 1 -w 1 -I eth0 {victim}");
            Assert.Equal("victim", (await Get(sandbox, "asking", victim, 80)).Succeeded().Out.Trim());
        }

        // Nor under another hardware address.
        (await Exec(sandbox, "spoofer", $"ip addr del {victim}/20 dev eth0")).Succeeded();
        (await Exec(sandbox, "spoofer", "ip link set eth0 address 02:42:de:ad:be:ef")).Succeeded();
        Assert.NotEqual(0, (await Exec(sandbox, "spoofer", $"ping -c 1 -W 1 {victim}")).ExitCode);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_has_the_addresses_and_names_of_interfaces_it_asks_for_and_keeps_what_it_was_given()
    {
        await using var sandbox = await Sandbox.Create();
        var third = Random.Shared.Next(256);
        sandbox.Write($$"""
            name: fix
            services:
              fixed:
                image: busybox:1.36
                command: sleep 1000000
                hostname: fixed
                domainname: example.org
                extra_hosts: ["printer:192.0.2.9", "host.docker.internal:host-gateway"]
                dns_search: [example.org]
                networks:
                  front: {ipv4_address: 10.77.{{third}}.50, mac_address: 02:42:aa:bb:cc:dd, interface_name: front0, link_local_ips: [169.254.8.8]}
                  back: {gw_priority: 10}
              any: {image: busybox:1.36, command: sleep 1000000, networks: [front]}
            networks:
              front:
                driver_opts: {com.docker.network.driver.mtu: "1400"}
                ipam: {config: [{subnet: 10.77.{{third}}.0/24, gateway: 10.77.{{third}}.254, ip_range: 10.77.{{third}}.128/25, aux_addresses: {nas: 10.77.{{third}}.128} }]}
              back: {}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        var links = (await Exec(sandbox, "fixed", "ip addr")).Succeeded().Out;
        Assert.Contains($"inet 10.77.{third}.50/24", links);
        Assert.Contains("inet 169.254.8.8/16", links);
        Assert.Contains("02:42:aa:bb:cc:dd", links);
        Assert.Matches("front0@.*mtu 1400", links);
        Assert.Matches("eth0@", links);
        Assert.Contains("dev eth0", (await Exec(sandbox, "fixed", "ip route | grep default")).Succeeded().Out);
        var hosts = (await Exec(sandbox, "fixed", "cat /etc/hosts /etc/resolv.conf")).Succeeded().Out;
        Assert.Contains($"10.77.{third}.50\tfixed.example.org fixed", hosts);
        Assert.Contains("192.0.2.9\tprinter", hosts);
        Assert.Contains("search example.org", hosts);
        Assert.Equal($"10.77.{third}.129", (await Address(sandbox, "any")).ToString());
        var network = Assert.Single((await sandbox.Compose("network", "inspect", "fix_front")).Succeeded().Json);
        Assert.Equal($"10.77.{third}.254", network.GetProperty("IPAM").GetProperty("Config")[0].GetProperty("Gateway").GetString());
        Assert.Equal(2, network.GetProperty("Containers").EnumerateObject().Count());

        var before = await Address(sandbox, "any");
        (await sandbox.Compose("restart", "-t", "0", "any")).Succeeded();
        Assert.Equal(before, await Address(sandbox, "any"));
        (await sandbox.Compose("network", "rm", "fix_front")).FailedWith(1);
        (await sandbox.Compose("down", "-t", "0")).Succeeded();
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task A_range_of_host_ports_serves_replicas_and_a_taken_port_is_told_with_who_has_it()
    {
        await using var sandbox = await Sandbox.Create();
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        sandbox.Write($$"""
            services:
              web: {{Web}}, ports: ["{{port}}-{{port + 3}}:80"]}
              late: {{Web}}, ports: ["{{port}}:80"], profiles: [late]}
            """);
        (await sandbox.Compose("up", "-d", "--scale", "web=3")).Succeeded();

        var ports = new List<string>();
        foreach (var index in new[] { "1", "2", "3" })
        {
            ports.Add((await sandbox.Compose("port", "--index", index, "web", "80")).Succeeded().Out.Trim());
        }

        Assert.Equal(3, ports.Distinct().Count());
        Assert.DoesNotContain($"0.0.0.0:{port}", ports);
        Assert.All(ports, p => Assert.NotNull(Http.Get(IPAddress.Loopback, int.Parse(p.Split(':')[1]))));

        var refused = (await sandbox.Compose("--profile", "late", "up", "-d", "late")).FailedWith(1);
        Assert.Contains($"port {port}/tcp of this machine cannot be published, because it is taken by", refused.Error);
        Assert.Contains($"(pid {Environment.ProcessId})", refused.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Rules_that_somebody_takes_away_come_back_and_those_of_others_stay()
    {
        await using var sandbox = await Sandbox.Create();
        var port = Http.FreePort();
        sandbox.Write($$"""
            services: {web: {{Web}}, hostname: web, ports: ["{{port}}:80"]} }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var foreign = "foreign" + sandbox.LinkPrefix;
        Witness.Of("nft", "add", "table", "inet", foreign);
        try
        {
            Assert.Equal("web", await Http.Await(IPAddress.Loopback, port));
            using (var notices = NetlinkSocket.OpenNftablesNotices())
            using (var reactor = new Reactor())
            using (var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20)))
            {
                Witness.Of("nft", $"delete table inet {sandbox.Name}; delete table bridge {sandbox.Name}");
                while (Witness.Of("nft", "list", "tables").Count(table => table.EndsWith(" " + sandbox.Name, StringComparison.Ordinal)) < 2)
                {
                    await reactor.WhenReadable(notices, deadline.Token);
                    notices.ReadNotices((_, _) => { });
                }
            }

            Assert.Equal("web", Http.Get(IPAddress.Loopback, port));
            Assert.Contains("table inet " + foreign, Witness.Of("nft", "list", "tables"));
        }
        finally
        {
            Witness.Of("nft", "delete", "table", "inet", foreign);
        }

        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Networks_live_through_the_death_of_the_supervisor_and_vanish_after_that_of_everything()
    {
        await using var sandbox = await Sandbox.Create();
        var port = Http.FreePort();
        sandbox.Write($$"""
            services:
              web: {{Web}}, hostname: web, ports: ["{{port}}:80"]}
              other: {image: busybox:1.36, command: sleep 1000000}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var (address, links, rules) = (await Address(sandbox, "web"), sandbox.Links(), Rules(sandbox));

        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Equal("web", await Http.Await(IPAddress.Loopback, port));
        var before = (await sandbox.History()).Count;
        (await sandbox.Compose("ps")).Succeeded();

        Assert.Equal("web", Http.Get(IPAddress.Loopback, port));
        Assert.Equal("web", Http.Get(IPAddress.IPv6Loopback, port));
        Assert.Equal(links, sandbox.Links());
        Assert.Equal(rules, Rules(sandbox));
        Assert.DoesNotContain((await sandbox.History()).Skip(before), happened => happened.Type.StartsWith("network", StringComparison.Ordinal));
        Assert.Equal($"0.0.0.0:{port}", (await sandbox.Compose("port", "web", "80")).Succeeded().Out.Trim());

        await Sandbox.Kill(sandbox.Processes());
        (await sandbox.Compose("ps", "-a")).Succeeded();
        Assert.Single(sandbox.Links());
        (await sandbox.Compose("start")).Succeeded();
        Assert.Equal(address, await Address(sandbox, "web"));
        Assert.Equal("web", await Http.Await(IPAddress.Loopback, port));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_network_that_has_changed_is_made_anew_and_a_missing_one_fails_only_its_users()
    {
        await using var sandbox = await Sandbox.Create();
        var third = Random.Shared.Next(256);
        var stack = $$"""
            services:
              web: {{Web}} }
              lonely: {image: busybox:1.36, command: sleep 1000000, networks: [missing]}
            networks:
              default: {ipam: {config: [{subnet: 10.78.{{third}}.0/25}]} }
              missing: {external: true, name: "nowhere-{{sandbox.LinkPrefix}}" }
            """;
        sandbox.Write(stack);

        var up = (await sandbox.Compose("up", "-d")).FailedWith(1);
        Assert.Contains($"network nowhere-{sandbox.LinkPrefix}", up.Error);
        Assert.Equal($"10.78.{third}.2", (await Address(sandbox, "web")).ToString());
        var first = await sandbox.Id("web");
        (await sandbox.Compose("up", "-d", "web")).Succeeded();
        Assert.Equal(first, await sandbox.Id("web"));

        sandbox.Write(stack.Replace(".0/25", ".128/25"));
        (await sandbox.Compose("up", "-d", "-t", "0", "web")).Succeeded();
        Assert.Equal($"10.78.{third}.130", (await Address(sandbox, "web")).ToString());
        Assert.NotEqual(first, await sandbox.Id("web"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Modes_share_or_do_without_a_network()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            services:
              web: {{Web}}, hostname: web}
              beside: {image: busybox:1.36, command: sleep 1000000, network_mode: "service:web"}
              alone: {image: busybox:1.36, command: sleep 1000000, network_mode: none}
              host: {image: busybox:1.36, command: sleep 1000000, network_mode: host}
              plain: {image: busybox:1.36, command: sleep 1000000, network_mode: bridge}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Equal("web", (await Get(sandbox, "beside", IPAddress.Loopback, 80)).Succeeded().Out.Trim());
        Assert.Equal(
            (await Exec(sandbox, "web", "readlink /proc/self/ns/net")).Succeeded().Out,
            (await Exec(sandbox, "beside", "readlink /proc/self/ns/net")).Succeeded().Out);
        Assert.Equal(["lo"], (await Exec(sandbox, "alone", "ls /sys/class/net")).Succeeded().Lines);
        Assert.Equal(
            new FileInfo("/proc/self/ns/net").LinkTarget,
            (await Exec(sandbox, "host", "readlink /proc/self/ns/net")).Succeeded().Out.Trim());
        Assert.Contains("eth0", (await Exec(sandbox, "plain", "ip route")).Succeeded().Out);
        Assert.Contains("bridge", (await sandbox.Compose("network", "ls")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Two_projects_of_the_same_services_live_side_by_side_with_IPv6()
    {
        await using var sandbox = await Sandbox.Create();
        using var other = new OtherHost();
        var (one, two) = (Http.FreePort(), Http.FreePort());
        var stack = $$"""
            services: {web: {{Web}}, hostname: $WHO, ports: ["$PORT:80"]} }
            networks: {default: {enable_ipv6: true} }
            """;
        sandbox.Write(stack.Replace("$WHO", "one").Replace("$PORT", one.ToString()), "one/compose.yaml");
        sandbox.Write(stack.Replace("$WHO", "two").Replace("$PORT", two.ToString()), "two/compose.yaml");
        var ups = await Task.WhenAll(sandbox.Compose("-f", "one/compose.yaml", "up", "-d"), sandbox.Compose("-f", "two/compose.yaml", "up", "-d"));
        Assert.All(ups, up => up.Succeeded());

        Assert.Equal(("one", "two"), (await Http.Await(IPAddress.Loopback, one), await Http.Await(IPAddress.Loopback, two)));
        Assert.Equal(("one", "two"), (other.Get(other.ThisHost6, one), other.Get(other.ThisHost6, two)));
        var first = (await sandbox.Compose("-f", "one/compose.yaml", "exec", "-T", "web", "ip", "-6", "addr", "show", "eth0")).Succeeded().Out;
        Assert.Matches("inet6 fd[0-9a-f:]+/64", first);
        Assert.Contains(other.Address6.ToString(), (await sandbox.Compose("-f", "one/compose.yaml", "logs", "web")).Succeeded().Out);
        await sandbox.AssertNothingLeft("one/compose.yaml", "two/compose.yaml");
    }

    private static Task<Outcome> Exec(Sandbox sandbox, string service, string command) => sandbox.Compose("exec", "-T", service, "sh", "-c", command);

    private static Task<Outcome> Get(Sandbox sandbox, string service, IPAddress address, int port) =>
        Exec(sandbox, service, $"timeout 3 wget -qO- http://{address}:{port}/");

    private static async Task<IPAddress> Address(Sandbox sandbox, string service, params string[] global)
    {
        var networks = (await sandbox.Compose([.. global, "network", "ls", "-q", "--no-trunc"])).Succeeded().Lines;
        var id = sandbox.FullId(await sandbox.Id(service, global));
        return (await sandbox.Compose(["network", "inspect", .. networks])).Succeeded().Json
            .SelectMany(network => network.GetProperty("Containers").EnumerateObject()).Where(member => member.Name == id)
            .Select(member => IPAddress.Parse(member.Value.GetProperty("IPv4Address").GetString()!.Split('/')[0])).First();
    }

    private static string Rules(Sandbox sandbox) => string.Join('\n', new[] { "inet", "bridge" }.SelectMany(family => Witness.Of("nft", "list", "table", family, sandbox.Name)));
}
