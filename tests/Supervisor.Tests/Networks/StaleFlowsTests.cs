using System.Net;
using Devoxx.Native.Netlink;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class StaleFlowsTests
{
    private static readonly HashSet<IPAddress> Ours = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("10.0.0.1")];
    private static readonly HashSet<IPAddress> Reached = [IPAddress.Parse("10.0.0.5")];

    [Theory]
    [InlineData("192.0.2.1", "10.0.0.4", null, true)] // to where the container was
    [InlineData("192.0.2.1", "192.0.2.1", null, true)] // to nobody, while there was none
    [InlineData("127.0.0.1", "10.0.0.4", null, true)]
    [InlineData("192.0.2.1", "10.0.0.5", null, false)] // to where it is
    [InlineData("203.0.113.9", "203.0.113.9", null, false)] // to the same port of another machine
    [InlineData("192.0.2.1", "10.0.0.4", "10.0.0.1", false)] // to an address where it is not published
    [InlineData("10.0.0.1", "10.0.0.4", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.4", "0.0.0.0", true)]
    public void A_flow_is_stale_that_came_to_a_published_port_and_leads_elsewhere(string destination, string answering, string? hostIp, bool stale) => Assert.Equal(
        stale,
        StaleFlows.IsStale(
            new Flow(new IPEndPoint(IPAddress.Parse("198.51.100.7"), 4444), new IPEndPoint(IPAddress.Parse(destination), 53), IPAddress.Parse(answering)),
            new PublishedPort(hostIp, 53, 53, "udp"), Ours, Reached));
}
