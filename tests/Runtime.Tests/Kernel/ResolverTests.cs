using Devoxx.Oci.Names;
using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>The resolver as a process, asked by dig(1) from namespaces that stand for containers.</summary>
[Trait("tools", "host")]
public sealed class ResolverTests : IDisposable
{
    private static readonly NetworkZone Shop = new()
    {
        Id = "n1", Name = "shop_default", Subnets = ["172.18.0.0/16"],
        Members =
        [
            new ZoneMember { ContainerId = new string('a', 64), Name = "shop-web-1", Service = "web", Project = "shop", Ipv4 = "172.18.0.2", Ipv6 = "fd00::2", Ports = [new ZonePort(80, "tcp", "http")] },
            new ZoneMember { ContainerId = new string('b', 64), Name = "shop-web-2", Service = "web", Project = "shop", Ipv4 = "172.18.0.3" },
        ],
    };

    private readonly ResolverRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Answers_by_udp_and_tcp()
    {
        var container = Serve("c1");

        Assert.Equal(["172.18.0.2", "172.18.0.3"], container.Dig("web").Order());
        Assert.Equal(["172.18.0.2", "172.18.0.3"], container.Dig("+tcp", "web").Order());
        Assert.Equal(["fd00::2"], container.Dig("WEB.shop_default", "AAAA"));
        Assert.Equal(["shop-web-1.shop_default."], container.Dig("-x", "172.18.0.2"));
        Assert.Equal(["0 0 80 shop-web-1.shop_default."], container.Dig("_http._tcp.web", "SRV"));
        Assert.Contains("status: NOERROR", container.DigAll("shop-web-2", "AAAA"));
        Assert.Contains("SOA", container.DigAll("shop-web-2", "AAAA"));
    }

    [Fact]
    public void Libc_finds_a_service_by_its_name()
    {
        var container = Serve("c1");
        var etc = $"/etc/netns/{container.Namespace}";
        Directory.CreateDirectory(etc);
        try
        {
            File.WriteAllText(etc + "/resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n");

            Assert.Contains("172.18.0.3", container.Run("getent", "hosts", "shop-web-2").Succeeded().Output);
        }
        finally
        {
            Directory.Delete(etc, recursive: true);
        }
    }

    [Fact]
    public void A_zone_that_changes_is_answered_from_at_once()
    {
        var container = Serve("c1");
        _rig.Write(Shop with { Members = [.. Shop.Members, new ZoneMember { ContainerId = new string('c', 64), Name = "shop-db-1", Service = "db", Ipv4 = "172.18.0.9" }] });

        Eventually.True(() => container.Dig("db") is ["172.18.0.9"], "the new service is known");
        File.Delete(_rig.Directory.Zone("n1"));
        Eventually.True(() => container.DigAll("web").Contains("NXDOMAIN"), "the network is gone");
    }

    [Fact]
    public void Each_container_sees_its_own_networks()
    {
        _rig.Write(Shop);
        _rig.Write(new NetworkZone { Id = "n2", Name = "other_default", Members = [new ZoneMember { ContainerId = new string('d', 64), Name = "other-web-1", Service = "web", Ipv4 = "172.19.0.2" }] });
        var (one, two, three) = (_rig.AddContainer("c1", "shop_default"), _rig.AddContainer("c2", "other_default"), _rig.AddContainer("c3"));
        _rig.StartResolver();
        one.Serve();
        two.Serve();
        three.Serve();

        Assert.Equal(2, one.Dig("web").Count);
        Assert.Equal(["172.19.0.2"], two.Dig("web"));
        Assert.Empty(three.Dig("web"));
    }

    [Fact]
    public void A_server_of_the_containers_own_may_have_port_53_of_every_address()
    {
        var container = Serve("c1");
        _rig.StartUpstreamIn(container.Namespace, "0.0.0.0", "--address=/own.test/192.0.2.1");

        Assert.Equal(["192.0.2.1"], container.Run("dig", "@127.0.0.1", "+short", "own.test").Succeeded().Lines);
        Assert.Equal(2, container.Dig("web").Count);
    }

    [Fact]
    public void Asks_the_hosts_resolvers_for_the_rest_and_follows_their_file()
    {
        _rig.StartUpstream("127.0.0.53", "--address=/outside.test/192.0.2.7");
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.53\n");
        var container = Serve("c1");

        Assert.Equal(["192.0.2.7"], container.Dig("outside.test"));
        Assert.Equal(["192.0.2.7"], container.Dig("+tcp", "outside.test"));

        _rig.StartUpstream("127.0.0.54", "--address=/outside.test/192.0.2.8");
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.54\n\n");
        Assert.Equal(["192.0.2.8"], container.Dig("outside.test"));
    }

    [Fact]
    public void Asks_the_next_server_when_one_is_silent_or_is_not_there()
    {
        _rig.StartUpstream("127.0.0.53", "--address=/outside.test/192.0.2.7");
        Command.Run("ip", "netns", "exec", _rig.HostNamespace, "nft", "add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c ip daddr 127.0.0.52 drop").Succeeded();
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.52\nnameserver 127.0.0.51\nnameserver 127.0.0.53\n");
        var container = Serve("c1");

        Assert.Equal(["192.0.2.7"], container.Run("dig", "@127.0.0.11", "+short", "+tries=1", "+time=4", "outside.test").Succeeded().Lines);
        Assert.Equal(["192.0.2.7"], container.Run("dig", "@127.0.0.11", "+short", "+tries=1", "+time=1", "outside.test").Succeeded().Lines);
    }

    [Fact]
    public void Says_that_nobody_answers_rather_than_nothing()
    {
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.51\n");
        var container = Serve("c1");

        Assert.Contains("status: SERVFAIL", container.DigAll("outside.test"));
        Assert.Contains("status: SERVFAIL", container.DigAll("+tcp", "outside.test"));
        Assert.Equal(2, container.Dig("web").Count);
    }

    [Fact]
    public void Passes_on_that_an_answer_is_too_long_and_fetches_it_by_tcp()
    {
        _rig.StartUpstream("127.0.0.53", [.. Enumerable.Range(1, 100).Select(i => $"--host-record=many.outside.test,192.0.2.{i}")]);
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.53\n");
        var container = Serve("c1");

        Assert.Contains(" tc ", container.DigAll("+noedns", "+ignore", "many.outside.test"));
        Assert.Equal(100, container.Dig("+noedns", "many.outside.test").Count);
        Assert.Equal(100, container.Dig("many.outside.test").Count);
    }

    [Fact]
    public void Asks_a_containers_own_servers_from_within_it()
    {
        File.WriteAllText(_rig.ResolvConf, "nameserver 127.0.0.51\n");
        _rig.Write(Shop);
        var container = _rig.AddContainer("c1", "shop_default");
        _rig.StartUpstreamIn(container.Namespace, "127.0.0.1", "--address=/outside.test/192.0.2.9");
        _rig.StartResolver();
        container.Serve(client => client with { Servers = ["127.0.0.1"] });

        Assert.Equal(["192.0.2.9"], container.Dig("outside.test"));
    }

    [Fact]
    public void One_that_takes_over_serves_all_again()
    {
        var container = Serve("c1");
        Assert.Equal(2, container.Dig("web").Count);
        _rig.Resolver.Kill();
        _rig.Resolver.WaitForExit();
        Assert.DoesNotContain(container.Run("dig", "@127.0.0.11", "+short", "+tries=1", "+time=1", "web").Lines, line => !line.StartsWith(';'));

        File.Delete(_rig.Directory.Answer("c1"));
        _rig.StartResolver();
        Assert.Null(_rig.AwaitAnswer(container.Client).Error);
        Assert.Equal(2, container.Dig("web").Count);
    }

    [Fact]
    public void Lets_a_namespace_go_when_its_process_has_ended_or_its_file_is_gone()
    {
        var (one, two) = (Serve("c1"), _rig.AddContainer("c2", "shop_default"));
        two.Serve();
        var before = Descriptors();

        one.Init.Kill();
        File.Delete(_rig.Directory.Client("c2"));

        Eventually.True(() => Descriptors() <= before - 8, "the sockets are closed");
        Eventually.True(() => !File.Exists(_rig.Directory.Answer("c2")), "its answer is gone");

        int Descriptors() => Directory.GetFileSystemEntries($"/proc/{_rig.Resolver.Id}/fd").Length;
    }

    [Fact]
    public void Says_why_a_container_is_not_served()
    {
        _rig.StartResolver();
        var answer = _rig.Serve(new ResolverClient { ContainerId = "gone", Run = "7", NamespacePath = "/proc/1/ns/net", Pid = 1, StartTime = 12345 });

        Assert.Contains("process 1", answer.Error);
        Assert.Contains("has ended", answer.Error);
    }

    [Fact]
    public void There_is_one_for_a_directory()
    {
        Serve("c1");

        Assert.Equal(75, Command.Run(Published.Executable, "resolver", "--directory", _rig.Directory.Path).ExitCode);
    }

    private RiggedContainer Serve(string id)
    {
        _rig.Write(Shop);
        var container = _rig.AddContainer(id, "shop_default");
        _rig.StartResolver();
        container.Serve();
        return container;
    }
}
