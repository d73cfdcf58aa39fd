using System.Diagnostics;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Containers find each other by name.</summary>
public sealed class NamesScenario
{
    private const string Box = "image: busybox:1.36, command: sleep infinity, stop_grace_period: 0s";

    [Fact]
    public async Task Every_container_answers_to_its_service_its_aliases_and_its_own_name()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: names
            services:
              web: { {{Box}}, hostname: frontend, networks: { default: { aliases: [www, api.example.test] } } }
              client: { {{Box}} , links: ["web:site"] }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var id = sandbox.FullId(await sandbox.Id("web"));
        var address = Assert.Single(await Look(sandbox, "web"));

        foreach (var name in new[] { "www", "api.example.test", "frontend", "names-web-1", id[..12], "web.names_default", "WWW", "site" })
        {
            Assert.Equal([address], await Look(sandbox, name));
        }

        Assert.Contains("names-web-1.names_default", (await Ask(sandbox, address)).Out);
        Assert.Contains("NXDOMAIN", (await Ask(sandbox, "192.0.2.55.names_default")).Out + (await Ask(sandbox, "192.0.2.55.names_default")).Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task All_replicas_answer_to_one_name_as_they_come_and_go()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: scaled
            services:
              web: { {{Box}} }
              client: { {{Box}} }
            networks:
              default: { enable_ipv6: true }
            """);

        (await sandbox.Compose("up", "-d", "--scale", "web=3")).Succeeded();
        var all = await Look(sandbox, "web");
        Assert.Equal(3, all.Count(address => address.Contains('.')));
        Assert.Equal(3, all.Count(address => address.Contains(':')));

        // One is first, and then another. (Not asked by ping: libc sorts what it is told by how near it seems.)
        var firsts = new HashSet<string>();
        for (var i = 0; i < 6; i++)
        {
            firsts.Add(Addresses(await Ask(sandbox, "web"))[0]);
        }

        Assert.True(firsts.Count > 1, string.Join('\n', firsts));
        (await sandbox.Compose("up", "-d", "--scale", "web=1")).Succeeded();
        Assert.Equal(2, (await Look(sandbox, "web")).Count);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Every_kind_of_question_is_answered_and_the_rest_is_asked_of_the_machines_own_resolver()
    {
        // As systemd-resolved has it: the machine's resolver is on a loopback address, which is another one in every container.
        using var machine = new Machine("nameserver 127.0.0.53\nsearch outside.test\n");
        await using var sandbox = await Sandbox.Create(machine.Surround);
        var text = string.Join(',', Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 250)));
        using var upstream = machine.Start(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", $"--pid-file={sandbox.Directory}/dnsmasq.pid",
            "--bind-interfaces", "--listen-address=127.0.0.53", "--local=/outside.test/", "--host-record=www.outside.test,203.0.113.5,2001:db8:5::5", $"--txt-record=long.outside.test,{text}");
        await Machine.Until(() => machine.Witness("ss", "-Hlun", "sport = 53").Count > 0, "dnsmasq listens");
        sandbox.Write($$"""
            name: asked
            services:
              web: { {{Box}}, expose: ["9000-9002"], ports: [{ target: 80, name: http }], networks: { six: { ipv4_address: 10.97.6.20, ipv6_address: "fd97:6::20" } } }
              db: { {{Box}}, networks: { four: { ipv4_address: 10.97.4.20 } } }
              client: { {{Box}}, networks: [four, six], dns_opt: ["attempts:4"] }
            networks:
              four: { ipam: { config: [{ subnet: 10.97.4.0/24 }] } }
              six: { enable_ipv6: true, ipam: { config: [{ subnet: 10.97.6.0/24 }, { subnet: "fd97:6::/64" }] } }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var client = Assert.Single(sandbox.ProcessesOf(await sandbox.Id("client")));
        string Dig(params string[] question) => string.Join('\n', Witness.Of("nsenter", ["-t", client.ToString(), "-n", "dig", "@127.0.0.11", "+tries=1", "+time=3", .. question]));

        Assert.Equal("10.97.6.20", Dig("+short", "web"));
        Assert.Equal("fd97:6::20", Dig("+short", "AAAA", "web"));
        Assert.Equal("10.97.6.20", Dig("+short", "+tcp", "web"));
        Assert.Equal("asked-web-1.asked_six.", Dig("+short", "-x", "fd97:6::20"));
        Assert.Equal("asked-db-1.asked_four.", Dig("+short", "-x", "10.97.4.20"));

        // Ports by number, published or only exposed, and by name.
        Assert.Equal("0 0 9001 asked-web-1.asked_six.", Dig("+short", "SRV", "_9001._tcp.web"));
        Assert.Equal("0 0 80 asked-web-1.asked_six.", Dig("+short", "SRV", "_http._tcp.web"));
        Assert.Matches(@"asked-web-1\.asked_six\.\s+5\s+IN\s+AAAA\s+fd97:6::20", Dig("SRV", "_80._tcp.web"));
        Assert.Contains("status: NXDOMAIN", Dig("SRV", "_9003._tcp.web"));

        // Nothing, said in a way that may be remembered.
        var none = Dig("AAAA", "db");
        Assert.Contains("status: NOERROR", none);
        Assert.Matches(@"AUTHORITY SECTION:\n.*\sSOA\s", none);
        var nobody = Dig("-x", "10.97.4.77");
        Assert.Contains("status: NXDOMAIN", nobody);
        Assert.Matches(@"AUTHORITY SECTION:\n.*\sSOA\s", nobody);
        Assert.Contains("EDNS: version: 0", Dig("+bufsize=1232", "web"));
        Assert.Contains("status: BADVERS", Dig("+edns=1", "+noednsneg", "web"));
        Assert.DoesNotContain("EDNS:", Dig("+noedns", "web"));

        // Outside: by UDP, by TCP, what does not fit, what there is not.
        Assert.Equal("203.0.113.5", Dig("+short", "www.outside.test"));
        Assert.Equal("2001:db8:5::5", Dig("+short", "+tcp", "AAAA", "www.outside.test"));
        Assert.Matches(@"flags:[^;]* tc", Dig("+ignore", "+bufsize=600", "TXT", "long.outside.test"));
        Assert.Contains(new string('h', 250), Dig("+bufsize=600", "TXT", "long.outside.test"));
        Assert.Contains("status: NXDOMAIN", Dig("missing.outside.test"));
        Assert.Contains("203.0.113.5", (await sandbox.Compose("exec", "-T", "client", "nslookup", "www.outside.test")).Succeeded().Out);
        Assert.Equal("nameserver 127.0.0.11\nsearch outside.test\noptions attempts:4 ndots:0", (await sandbox.Compose("exec", "-T", "client", "cat", "/etc/resolv.conf")).Succeeded().Out.Trim());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Two_projects_have_the_same_service_names_side_by_side()
    {
        await using var sandbox = await Sandbox.Create();
        foreach (var project in new[] { "one", "two" })
        {
            sandbox.Write($$"""
                name: {{project}}
                services:
                  web: { {{Box}} }
                  client: { {{Box}} }
                """, project + ".yaml");
            (await sandbox.Compose("-f", project + ".yaml", "up", "-d")).Succeeded();
        }

        var one = Assert.Single(await Look(sandbox, "web", "-f", "one.yaml"));
        var two = Assert.Single(await Look(sandbox, "web", "-f", "two.yaml"));
        Assert.NotEqual(one, two);
        Assert.Empty(await Look(sandbox, "two-web-1", "-f", "one.yaml"));
        await sandbox.AssertNothingLeft("one.yaml", "two.yaml");
    }

    [Fact]
    public async Task A_container_sees_the_names_of_its_own_networks_only_and_shares_those_of_another()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: parts
            services:
              front: { {{Box}}, networks: [outer] }
              middle: { {{Box}}, networks: [outer, inner] }
              back: { {{Box}}, networks: [inner] }
              client: { {{Box}}, network_mode: "service:middle" }
            networks:
              outer: {}
              inner: { internal: true }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Empty(await Look(sandbox, "back", "front"));
        Assert.Single(await Look(sandbox, "middle", "front"));
        Assert.Single(await Look(sandbox, "middle", "back"));
        Assert.Single(await Look(sandbox, "back"));
        Assert.Single(await Look(sandbox, "front"));

        // Nothing of the outside is asked for, and the answer is there at once.
        var clock = Stopwatch.StartNew();
        Assert.Empty(await Look(sandbox, "example.com", "back"));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), clock.Elapsed.ToString());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_service_that_restarts_is_found_again_by_one_that_talks_to_it()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: talk
            services:
              web: { {{Box}} }
              client:
                image: busybox:1.36
                command: sh -c 'while true; do ping -c 1 -W 1 web >/dev/null && echo hello || echo lost; sleep 0.1; done'
                stop_grace_period: 0s
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        using var logs = sandbox.Start("logs", "-f", "--no-log-prefix", "client");
        await logs.Line("hello");

        (await sandbox.Compose("stop", "web")).Succeeded();
        await logs.Line("lost");
        (await sandbox.Compose("start", "web")).Succeeded();
        using var again = sandbox.Start("logs", "-f", "--no-log-prefix", "--tail", "0", "client");
        await again.Line("hello");
        logs.Dispose();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Names_are_answered_while_the_supervisor_is_dead_and_soon_again_when_the_resolver_was_killed()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: killed
            services:
              web: { {{Box}} }
              client: { {{Box}} }
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var address = Assert.Single(await Look(sandbox, "web"));
        var client = Assert.Single(sandbox.ProcessesOf(await sandbox.Id("client")));

        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Equal(address, await LookFromHost(client, "web"));

        // Both dead: the next command finds that out.
        await Sandbox.Kill([Resolver(sandbox)]);
        Assert.NotEqual(address, await LookFromHost(client, "web"));
        (await sandbox.Compose("ps")).Succeeded();
        Assert.Equal(address, await LookFromHost(client, "web", tries: 5));

        // Only the resolver: within a second, and nobody has to do anything.
        var clock = Stopwatch.StartNew();
        await Sandbox.Kill([Resolver(sandbox)]);
        Assert.Equal(address, await LookFromHost(client, "web", tries: 10));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2.5), clock.Elapsed.ToString());

        var history = (await sandbox.History()).Select(e => e.Type).Where(type => type.StartsWith("resolver.", StringComparison.Ordinal)).ToList();
        Assert.Equal(["resolver.started", "resolver.ended", "resolver.started", "resolver.ended", "resolver.started"], history);
        await sandbox.AssertNothingLeft();
    }

    private static OwnedProcess Resolver(Sandbox sandbox) =>
        Assert.Single(sandbox.Processes(), process => process.CommandLine.Contains(" resolver ", StringComparison.Ordinal));

    /// <summary>Addresses of a name, as a container sees them.</summary>
    private static async Task<IReadOnlyList<string>> Look(Sandbox sandbox, string name, params string[] clientOrOptions)
    {
        var (client, options) = clientOrOptions is [var service] ? (service, Array.Empty<string>()) : ("client", clientOrOptions);
        return [.. Addresses(await sandbox.Compose([.. options, "exec", "-T", client, "nslookup", name])).Order()];
    }

    /// <summary>As nslookup prints them; the first is the server's.</summary>
    private static List<string> Addresses(Outcome nslookup) =>
        [.. nslookup.Lines.Where(line => line.StartsWith("Address", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(':') + 1)..].Trim().Split(' ')[^1]).Skip(1)];

    private static Task<Outcome> Ask(Sandbox sandbox, string name) => sandbox.Compose("exec", "-T", "client", "nslookup", name);

    private static async Task<string> LookFromHost(int pid, string name, int tries = 1)
    {
        using var dig = new RunningCommand(new ProcessStartInfo(
            "nsenter", ["-t", pid.ToString(), "-n", "dig", "@127.0.0.11", "+short", $"+tries={tries}", "+time=1", name]));
        return string.Join('\n', (await dig.Ended()).Lines.Where(line => !line.StartsWith(';')));
    }
}
