using System.Net;
using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Tests.Resolver;

public sealed class ResolvConfTests
{
    [Fact]
    public void Lists_the_servers_in_order_and_no_more_than_three()
    {
        const string Text = "# nameserver 9.9.9.9\nsearch example.com\nnameserver 127.0.0.53\n  nameserver\t2001:db8::1 \nnameserver nonsense\nnameserver 1.1.1.1\nnameserver 8.8.8.8\noptions edns0\n";

        Assert.Equal(["127.0.0.53", "2001:db8::1", "1.1.1.1"], ResolvConf.Servers(Text).Select(a => a.ToString()));
    }

    [Fact]
    public void A_server_that_does_not_answer_is_passed_over_for_a_while()
    {
        var servers = new Upstreams([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")]);

        Assert.Equal(0, servers.First(1000));
        servers.Pass(0, 1000);
        Assert.Equal(1, servers.First(2000));
        Assert.Equal(0, servers.First(1000 + 30_000));
    }
}
