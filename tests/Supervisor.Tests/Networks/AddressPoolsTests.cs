using System.Collections.Immutable;
using System.Net;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class AddressPoolsTests
{
    private static readonly NetworkSpec Spec = new() { Name = "shop_default", Id = new string('a', 64) };

    [Fact]
    public void Gives_the_first_default_pool_and_its_first_address_to_the_gateway()
    {
        var made = AddressPools.Complete(Spec, []);

        Assert.Equal(new SubnetSpec("172.17.0.0/16", "172.17.0.1"), Assert.Single(made.Subnets));
    }

    [Theory]
    [InlineData("172.17.0.0/16", "172.18.0.0/16")]
    [InlineData("172.16.0.0/12", "192.168.0.0/20")]
    [InlineData("172.17.3.0/24", "172.18.0.0/16")]
    public void Keeps_away_from_what_the_host_routes_elsewhere(string route, string expected) =>
        Assert.Equal(expected, AddressPools.ChooseIpv4([IPNetwork.Parse(route)])?.ToString());

    [Fact]
    public void Has_room_for_hundreds_of_networks_and_says_when_there_is_none_left()
    {
        var taken = new List<IPNetwork>();
        while (taken.Count < 500)
        {
            var next = AddressPools.ChooseIpv4(taken);
            Assert.NotNull(next);
            Assert.DoesNotContain(taken, t => AddressMath.Overlap(t, next.Value));
            taken.Add(next.Value);
        }

        Assert.Null(AddressPools.ChooseIpv4([IPNetwork.Parse("0.0.0.0/1"), IPNetwork.Parse("128.0.0.0/1")]));
        Assert.Contains("name a subnet", Assert.Throws<FormatException>(() => AddressPools.Complete(Spec, [IPNetwork.Parse("0.0.0.0/1"), IPNetwork.Parse("128.0.0.0/1")])).Message);
    }

    [Fact]
    public void Makes_a_unique_local_prefix_that_is_the_same_for_the_same_network()
    {
        var made = AddressPools.Complete(Spec with { EnableIpv6 = true }, []);

        var subnet = made.Subnet6!;
        Assert.StartsWith("fd", subnet.Subnet);
        Assert.EndsWith("/64", subnet.Subnet);
        Assert.Equal(subnet, AddressPools.Complete(Spec with { EnableIpv6 = true }, []).Subnet6);
        Assert.Equal(subnet.Subnet[..^3] + "1", subnet.Gateway);
    }

    [Fact]
    public void Refuses_a_subnet_that_is_used_already_and_says_by_what()
    {
        var spec = Spec with { Subnets = [new SubnetSpec("10.5.0.0/16")] };

        var error = Assert.Throws<FormatException>(() => AddressPools.Complete(spec, [IPNetwork.Parse("10.5.7.0/24")]));

        Assert.Equal("subnet 10.5.0.0/16 overlaps 10.5.7.0/24, which this machine uses already (`ip route` shows for what); choose another `ipam` subnet", error.Message);
    }

    [Theory]
    [InlineData("10.5.0.0/24", null, "10.5.0.2")]
    [InlineData("10.5.0.0/24", "10.5.0.128/25", "10.5.0.128")]
    [InlineData("fd00:1::/64", null, "fd00:1::2")]
    [InlineData("10.5.0.0/31", null, "10.5.0.0")]
    public void Leases_the_first_address_that_is_free(string subnet, string? range, string expected)
    {
        var pool = AddressPools.Complete(Spec with { EnableIpv6 = true, EnableIpv4 = !subnet.Contains(':'), Subnets = [new SubnetSpec(subnet, Range: range)] }, []).Subnets[0];

        Assert.Equal(expected, AddressLeases.Choose(pool, null, new Dictionary<IPAddress, string>()).ToString());
    }

    [Fact]
    public void Passes_over_what_is_leased_and_reserved()
    {
        var pool = new SubnetSpec("10.5.0.0/24", "10.5.0.1", null, ImmutableSortedDictionary<string, string>.Empty.Add("printer", "10.5.0.3"));

        Assert.Equal("10.5.0.4", AddressLeases.Choose(pool, null, new Dictionary<IPAddress, string> { [IPAddress.Parse("10.5.0.2")] = "web-1" }).ToString());
    }

    [Theory]
    [InlineData("10.6.0.9", "address 10.6.0.9 is not in the network's subnet 10.5.0.0/29")]
    [InlineData("10.5.0.2", "address 10.5.0.2 is taken by container shop-web-1")]
    [InlineData("10.5.0.1", "address 10.5.0.1 is the network's gateway")]
    [InlineData("fd00::1", "fd00::1 is not an IPv4 address")]
    public void Refuses_an_address_that_cannot_be_had(string wanted, string expected) => Assert.Equal(expected, Assert.Throws<FormatException>(() => AddressLeases.Choose(
        new SubnetSpec("10.5.0.0/29", "10.5.0.1"), wanted, new Dictionary<IPAddress, string> { [IPAddress.Parse("10.5.0.2")] = "shop-web-1" })).Message);

    [Fact]
    public void Says_when_every_address_is_leased()
    {
        var leased = Enumerable.Range(2, 5).ToDictionary(n => IPAddress.Parse($"10.5.0.{n}"), n => $"c{n}");

        Assert.Equal("no address is left in 10.5.0.0/29; 5 are leased", Assert.Throws<FormatException>(() => AddressLeases.Choose(new SubnetSpec("10.5.0.0/29", "10.5.0.1"), null, leased)).Message);
    }
}
