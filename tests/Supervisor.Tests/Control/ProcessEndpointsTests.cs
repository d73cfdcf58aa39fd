using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Tests.Control;

public sealed class ProcessEndpointsTests
{
    [Fact]
    public void Traffic_is_summed_over_all_links_but_loopback()
    {
        string[] text =
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:  999       9    0    0    0     0          0         0      999       9    0    0    0     0       0          0",
            "  eth0: 1000      10    0    0    0     0          0         0      200       5    0    0    0     0       0          0",
            "  eth1:   50       1    0    0    0     0          0         0        7       1    0    0    0     0       0          0",
        ];
        Assert.Equal(new NetworkTraffic(1050, 207), NetworkTraffic.Parse(text));
        Assert.Null(NetworkTraffic.Parse(text[..3]));
    }

    [Theory]
    [InlineData(0, "?")]
    [InlineData(34816, "pts/0")]
    [InlineData(34819, "pts/3")]
    [InlineData(1025, "tty1")]
    public void A_terminal_has_its_name(int device, string name) => Assert.Equal(name, ProcessEndpoints.TerminalName(device));
}
