using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class NetworkPlanTests
{
    /// <summary>Any network at all, so that the fixture does not put those of the project there.</summary>
    private static readonly Observation Empty = Observation.Nothing with
    {
        Networks = ImmutableSortedDictionary<string, NetworkState>.Empty.Add("unrelated", new NetworkState { Phase = NetworkPhase.Ready, Spec = new NetworkSpec { Name = "unrelated", Id = "u" } }),
    };

    [Fact]
    public void Makes_the_networks_that_are_missing_before_the_containers_on_them()
    {
        var plan = Up(Load("""
            services:
              web: {image: x, networks: [front, back]}
              db: {image: x, networks: [back]}
            networks: {front: {}, back: {internal: true}, unused: {}}
            """), Empty);

        Assert.Equal(
            """
            1 create network shop_back: there is none yet
            2 create shop-db-1: there is none yet (after 1)
            3 start shop-db-1: there is none yet (after 2)
            4 create network shop_front: there is none yet
            5 create shop-web-1: there is none yet (after 1, 4)
            6 start shop-web-1: there is none yet (after 5)
            """.ReplaceLineEndings("\n"),
            plan.ToString());
    }

    [Fact]
    public void A_changed_network_makes_everybody_on_it_anew()
    {
        const string Yaml = """
            services:
              web: {image: x}
              db: {image: x}
            networks: {default: {ipam: {config: [{subnet: 10.1.0.0/24}]}}}
            """;
        var project = Load(Yaml);
        var there = After(Up(project)) with
        {
            Networks = ImmutableSortedDictionary<string, NetworkState>.Empty.Add(
                "shop_default", new NetworkState { Phase = NetworkPhase.Ready, Spec = NetworkSpecs.Of(project, "default", () => "id") }),
        };

        Assert.Empty(Up(Load(Yaml), there).Operations);
        var plan = Up(Load(Yaml.Replace("10.1.", "10.2.")), there).ToString();

        Assert.Contains("remove network shop_default: its configuration has changed (after 2, 4)", plan);
        Assert.Contains("create network shop_default: its configuration has changed (after 5)", plan);
        Assert.Contains("create shop-web-1: its network shop_default has changed (after", plan);
    }

    [Fact]
    public void Down_removes_the_networks_of_the_project_and_no_others()
    {
        var project = Load("services: {web: {image: x}}\n");
        NetworkState Network(string name, string? owner) => new() { Phase = NetworkPhase.Ready, Spec = new NetworkSpec { Name = name, Id = name, Project = owner } };
        var there = After(Up(project)) with
        {
            Networks = new[] { Network("shop_default", "shop"), Network("other_default", "other"), Network("theirs", null) }
                .ToImmutableSortedDictionary(n => n.Spec!.Name, n => n),
        };

        var plan = DownPlanner.Make(project, new DownWish([], false, false, null), there).ToString();

        Assert.Contains("remove network shop_default: down (after 2)", plan);
        Assert.DoesNotContain("other_default", plan);
        Assert.DoesNotContain("theirs", plan);
    }

    [Theory]
    [InlineData("{driver: overlay}", "network shop_n: driver overlay is for swarms of machines; on one machine a bridge does the same")]
    [InlineData("{driver: macvlan}", "network shop_n: driver macvlan needs driver_opts `parent`: the interface of this machine that it is on, e.g. eth0")]
    [InlineData("{ipam: {config: [{subnet: 10.0.0.0/8, gateway: 11.0.0.1}]}}", "network shop_n: 11.0.0.1 is not an address of subnet 10.0.0.0/8")]
    [InlineData("{ipam: {config: [{subnet: 10.0.0.0/16, ip_range: 10.1.0.0/24}]}}", "network shop_n: ip_range 10.1.0.0/24 is not within subnet 10.0.0.0/16")]
    [InlineData("{driver_opts: {com.docker.network.driver.mtu: huge}}", "network shop_n: driver_opts.com.docker.network.driver.mtu: huge is not a size of packets from 68 to 65535")]
    [InlineData("{enable_ipv4: false}", "network shop_n: with enable_ipv4: false and without IPv6 nobody on it has an address")]
    public void Refuses_a_network_that_cannot_be_had_and_says_why(string network, string error) =>
        Assert.Equal([error], Up(Load($"services: {{web: {{image: x, networks: [n]}}}}\nnetworks: {{n: {network}}}\n"), Empty).Errors);

    [Theory]
    [InlineData("ports: [\"8080-8082:80-82\", \"127.0.0.1:53:53/udp\", \"9\"]", "*:8080>80/tcp *:8081>81/tcp *:8082>82/tcp 127.0.0.1:53>53/udp *:?>9/tcp")]
    [InlineData("ports: [{target: 80, published: \"8000-8010\", host_ip: \"::1\"}]", "::1:8000-8010>80/tcp")]
    public void Reads_ports_in_all_their_forms(string ports, string expected) => Assert.Equal(expected, string.Join(' ', Networking($"{{image: x, {ports}}}").Ports
        .Select(p => $"{p.HostIp ?? "*"}:{p.Published ?? "?"}>{p.Target}/{p.Protocol}")));

    [Fact]
    public void The_first_connected_is_the_one_of_highest_priority_and_gets_the_services_own_hardware_address()
    {
        var made = Networking("""
            {image: x, mac_address: "02:42:00:00:00:07", links: ["db:database"], external_links: ["old-db:legacy"],
             networks: {a: {aliases: [w]}, b: {priority: 7, interface_name: fast0}}}
            """);

        Assert.Equal(["shop_b", "shop_a"], made.Endpoints.Select(e => e.Network));
        Assert.Equal(("02:42:00:00:00:07", "fast0"), (made.Endpoints[0].MacAddress, made.Endpoints[0].InterfaceName));
        Assert.Null(made.Endpoints[1].MacAddress);
        Assert.Equal(["web", "w"], made.Endpoints[1].Aliases);
        Assert.Equal([new LinkSpec("db", null, "database"), new LinkSpec(null, "old-db", "legacy")], made.Links);
    }

    [Fact]
    public void What_an_external_network_is_like_is_seen_and_not_guessed()
    {
        var there = Empty with
        {
            Networks = Empty.Networks.Add("theirs", new NetworkState
            {
                Phase = NetworkPhase.Ready, Spec = new NetworkSpec { Name = "theirs", Id = "t", Internal = true, EnableIpv4 = false, EnableIpv6 = true, Driver = NetworkDriver.Macvlan },
            }),
        };

        var made = Created(Up(Load("services: {web: {image: x, networks: [theirs, own]}}\nnetworks: {theirs: {external: true}, own: {enable_ipv4: false, enable_ipv6: true}}\n"), there)).Single().Networking!;

        Assert.Equal(
            [("shop_own", false, true, true, false), ("theirs", true, true, true, true)],
            made.Endpoints.Select(e => (e.Network, e.Internal, e.Ipv6, e.WithoutIpv4, e.BesideHost)).Order());
    }

    [Theory]
    [InlineData("network_mode: host", "host", null)]
    [InlineData("network_mode: none", "none", null)]
    [InlineData("network_mode: bridge", "networks", null)]
    [InlineData("network_mode: \"service:db\"", "container", "shop-db-1")]
    [InlineData("network_mode: \"container:theirs\"", "container", "theirs")]
    public void Knows_the_modes(string mode, string expected, string? donor)
    {
        var spec = Created(Up(Load($"services:\n  web: {{image: x, {mode}}}\n  db: {{image: x}}\n"), Empty)).Single(c => c.Service == "web");

        Assert.Equal((expected, donor), (spec.NetworkMode, spec.Networking!.SharedWith));
    }

    [Fact]
    public void Warns_of_ports_that_nobody_can_reach()
    {
        var plan = Up(Load("""
            services:
              a: {image: x, network_mode: host, ports: ["80:80"]}
              b: {image: x, networks: [inner], ports: ["81:80"]}
              c: {image: x, networks: [inner, wire], ports: ["82:80"]}
            networks: {inner: {internal: true}, wire: {driver: macvlan, internal: true, driver_opts: {parent: eth0}}}
            """), Empty);

        Assert.Equal(
            [
                "service a: ports have no effect with network_mode host",
                "service b: ports have no effect, because all of its networks are internal (inner)",
                "network shop_wire: internal keeps the default route away, and nothing else: with driver macvlan whoever is on the wire of eth0 is a neighbour",
                "service c: ports have no effect, because all of its networks are internal (inner, wire)",
            ],
            plan.Warnings);
    }

    private static ContainerNetworking Networking(string web) =>
        Created(Up(Load($"services:\n  web: {web.ReplaceLineEndings(" ")}\n  db: {{image: x, networks: [a, b]}}\nnetworks: {{a: {{}}, b: {{}}}}\n"), Empty)).Single(c => c.Service == "web").Networking!;
}
