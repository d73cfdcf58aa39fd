using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Nftables;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class FirewallTests
{
    private static readonly NetworkSpec Spec = new()
    {
        Name = "shop_default",
        Id = new string('b', 64),
        Link = "dx1",
        EnableIpv6 = true,
        Subnets = [new SubnetSpec("10.5.0.0/24", "10.5.0.1"), new SubnetSpec("fd00:5::/64", "fd00:5::1")],
    };

    private static readonly Lease Web = new()
    {
        ContainerId = "web",
        ContainerName = "shop-web-1",
        Project = "shop",
        Service = "web",
        Ipv4 = "10.5.0.2",
        Ipv6 = "fd00:5::2",
        Mac = "02:42:0a:05:00:02",
        HostLink = "dxv",
        Interface = "eth0",
        Ports = [new PublishedPort(null, 8080, 80, "tcp"), new PublishedPort("127.0.0.1", 5353, 53, "udp")],
    };

    [Fact]
    public void Lets_a_container_speak_only_under_what_it_was_given()
    {
        var elements = FirewallRules.OfLease(Spec, Web).Where(e => e.Family == "bridge").Select(e => $"{e.Set}: {e}");

        Assert.Equal(
            [
                "ports: \"dxv\"", "macs: \"dxv\" . 02:42:0a:05:00:02", "ipv4: \"dxv\" . 10.5.0.2", "ipv6: \"dxv\" . fd00:5::2",
                "targets: \"dxv\" . 0xfd000005000000000000000000000002", "ipv6: \"dxv\" . fe80::42:aff:fe05:2",
                "targets: \"dxv\" . 0xfe800000000000000042" + "0afffe050002",
            ],
            elements);
    }

    [Fact]
    public void Redirects_a_port_to_each_family_and_only_at_the_address_it_names()
    {
        var elements = FirewallRules.OfLease(Spec, Web).Where(e => e.Family == "inet").Select(e => $"{e.Set}: {e}");

        Assert.Equal(
            [
                "any4: tcp . 8080 : 10.5.0.2 . 80", "open4: \"dx1\" . 10.5.0.2 . tcp . 80",
                "any6: tcp . 8080 : fd00:5::2 . 80", "open6: \"dx1\" . fd00:5::2 . tcp . 80",
                "at4: 127.0.0.1 . udp . 5353 : 10.5.0.2 . 53", "open4: \"dx1\" . 10.5.0.2 . udp . 53",
            ],
            elements);
    }

    [Fact]
    public void Publishes_nothing_on_an_internal_network_and_masquerades_nothing()
    {
        var inner = Spec with { Internal = true };

        Assert.DoesNotContain(FirewallRules.OfLease(inner, Web), e => e.Set.StartsWith("any", StringComparison.Ordinal));
        Assert.DoesNotContain(FirewallRules.OfNetwork(inner), e => e.Set.StartsWith("masquerade", StringComparison.Ordinal));
        Assert.Contains(FirewallRules.OfNetwork(inner), e => e.Set == "internal");
    }

    [Fact]
    public void A_change_names_only_what_has_changed()
    {
        var before = FirewallRules.OfNetwork(Spec).ToImmutableHashSet();
        var after = before.Union(FirewallRules.OfLease(Spec, Web with { Ports = [], Ipv6 = null }));

        Assert.Equal("", FirewallRules.Delta("t", before, before));
        var added = FirewallRules.Delta("t", before, after);
        Assert.Contains("add element bridge t macs { \"dxv\" . 02:42:0a:05:00:02 }\n", added);
        Assert.DoesNotContain("bridges", added);
        Assert.Equal(added.Replace("add ", "delete "), FirewallRules.Delta("t", after, before));
        Assert.Equal(FirewallRules.Delete("t"), FirewallRules.Delta("t", after, []));
    }

    /// <summary>Needs root: in a network namespace of its own.</summary>
    [Fact]
    public void The_kernel_takes_all_of_it_and_each_change()
    {
        using var host = NetworkNamespace.Create();
        var network = FirewallRules.OfNetwork(Spec).ToImmutableHashSet();
        var all = network.Union(FirewallRules.OfLease(Spec, Web));

        var listed = host.Run(() =>
        {
            using var nftables = Nftables.Open();
            nftables.Run(FirewallRules.Whole("devoxx-test", network));
            nftables.Run(FirewallRules.Delta("devoxx-test", network, all));
            nftables.Run(FirewallRules.Delta("devoxx-test", all, network));
            nftables.Run(FirewallRules.Whole("devoxx-test", all));
            var text = nftables.Run("list ruleset");
            nftables.Run(FirewallRules.Whole("devoxx-test", []));
            Assert.Equal("", nftables.Run("list ruleset").Trim());
            return text;
        });

        Assert.Contains("tcp . 8080 : 10.5.0.2 . 80", listed);
    }

    [Fact]
    public void Notices_only_what_others_do_to_our_tables()
    {
        var watch = new FirewallWatch("devoxx", "fw-dx12345");

        Assert.False(watch.Take(Message(2), Payload("devoxx", 1)));
        Assert.False(watch.Take(Message(15), Payload("fw-dx12345", 3)));
        Assert.False(watch.Take(Message(2), Payload("docker", 1)));
        Assert.False(watch.Take(Message(15), Payload("nft", 3)));
        Assert.False(watch.Take(Message(14), Payload("devoxx", 1)));
        Assert.True(watch.Take(Message(15), Payload("nft", 3)));
        Assert.False(watch.Take(Message(15), Payload("nft", 3)));
    }

    private static ushort Message(int type) => (ushort)((10 << 8) | type);

    private static byte[] Payload(string text, ushort attribute)
    {
        var bytes = Encoding.ASCII.GetBytes(text + "\0");
        var payload = new byte[4 + 4 + ((bytes.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(4), (ushort)(4 + bytes.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(6), attribute);
        bytes.CopyTo(payload, 8);
        return payload;
    }
}
