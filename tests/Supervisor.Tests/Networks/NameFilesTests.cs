using System.Collections.Immutable;
using Devoxx.Oci.Names;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Networks.Names;
using Xunit;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class NameFilesTests
{
    private static readonly NetworkState Network = new()
    {
        Phase = NetworkPhase.Ready,
        Spec = new NetworkSpec { Name = "shop_default", Id = "n1", Subnets = [new SubnetSpec("172.18.0.0/16")], Internal = true },
        Leases = ImmutableSortedDictionary<string, Lease>.Empty
            .Add("a", new Lease
            {
                ContainerId = "a", ContainerName = "shop-web-1", Project = "shop", Service = "web", Hostname = "front", Aliases = ["web", "www"], Ipv4 = "172.18.0.2",
                Mac = "02:42:ac:12:00:02", Interface = "eth0", Connected = true,
                Ports = [new PublishedPort(null, 8080, 80, "tcp"), new PublishedPort("127.0.0.1", 8081, 80, "tcp"), new PublishedPort(null, 53, 53, "udp")],
            })
            .Add("b", new Lease { ContainerId = "b", ContainerName = "shop-db-1", Project = "shop", Service = "db", Ipv4 = "172.18.0.3", Mac = "02:42:ac:12:00:03", Interface = "eth0" }),
    };

    [Fact]
    public void A_zone_has_those_who_are_connected()
    {
        var zone = NameFiles.Zone(Network);

        Assert.Equal(("n1", "shop_default", true), (zone.Id, zone.Name, zone.Internal));
        Assert.Equal(["172.18.0.0/16"], zone.Subnets);
        var member = Assert.Single(zone.Members);
        Assert.Equal(("shop-web-1", "web", "shop", "front", "172.18.0.2"), (member.Name, member.Service, member.Project, member.Hostname, member.Ipv4));
        Assert.Equal([new ZonePort(53, "udp"), new ZonePort(80)], member.Ports);
    }

    [Fact]
    public void A_zone_tells_of_ports_that_are_only_exposed_and_of_names_of_ports()
    {
        var lease = Network.Leases["a"] with
        {
            Ports = [new PublishedPort(null, 8080, 80, "tcp", "http"), new PublishedPort(null, 8081, 80, "tcp")], Exposed = ["80/tcp", "9000/udp", "whatever/tcp"],
        };

        Assert.Equal([new ZonePort(80, "tcp", "http"), new ZonePort(9000, "udp")], Assert.Single(NameFiles.Zone(Network with { Leases = Network.Leases.SetItem("a", lease) }).Members).Ports);
    }

    [Fact]
    public void The_default_bridge_and_networks_that_are_not_there_have_no_names()
    {
        Assert.True(NameFiles.HasNames(Network));
        Assert.False(NameFiles.HasNames(Network with { Phase = NetworkPhase.Removing }));
        Assert.False(NameFiles.HasNames(Network with { Spec = Network.Spec! with { Name = "bridge" } }));
        Assert.False(NameFiles.HasNames(NetworkState.Initial));
    }
}
