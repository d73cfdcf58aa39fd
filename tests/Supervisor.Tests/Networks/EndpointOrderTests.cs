using System.Collections.Immutable;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class EndpointOrderTests
{
    private static readonly ImmutableArray<EndpointSpec> Endpoints =
    [
        new() { Network = "back", Internal = true, GatewayPriority = 9 },
        new() { Network = "beside", BesideHost = true, GatewayPriority = 2 },
        new() { Network = "six", WithoutIpv4 = true, GatewayPriority = 1 },
        new() { Network = "front" },
        new() { Network = "early" },
    ];

    [Fact]
    public void The_gateway_is_the_highest_priority_that_reaches_outside_then_the_first_name() =>
        Assert.Equal(["beside", "six", "early", "front", "back"], EndpointOrder.Gateways(Endpoints).Select(e => e.Network));

    [Fact]
    public void Ports_are_published_where_the_host_can_reach_IPv4_first()
    {
        Assert.Equal("early", EndpointOrder.Publishing(Endpoints)!.Network);
        Assert.Equal("six", EndpointOrder.Publishing([.. Endpoints.Where(e => e.WithoutIpv4 || e.Internal)])!.Network);
        Assert.Null(EndpointOrder.Publishing([.. Endpoints.Where(e => e.Internal || e.BesideHost)]));
    }

    [Fact]
    public void Interfaces_are_numbered_past_names_that_are_taken() => Assert.Equal(
        new Dictionary<string, string> { ["a"] = "eth0", ["b"] = "eth1", ["c"] = "eth2", ["d"] = "lan" },
        EndpointOrder.InterfaceNames([
            new EndpointSpec { Network = "a" },
            new EndpointSpec { Network = "b", InterfaceName = "eth1" },
            new EndpointSpec { Network = "c" },
            new EndpointSpec { Network = "d", InterfaceName = "lan" },
        ]));
}
