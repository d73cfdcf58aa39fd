using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Tests.Networks;

/// <summary>Chains of others that drop what is forwarded, as nft(8) prints them.</summary>
public sealed class ForwardObstacleTests
{
    private const string Chains = """
        table ip filter {
        	chain FORWARD {
        		type filter hook forward priority filter; policy drop;
        	}
        	chain DOCKER-USER {
        	}
        }
        table inet firewalld {
        	chain filter_FORWARD {
        		type filter hook forward priority filter + 10; policy accept;
        	}
        	chain filter_INPUT {
        		type filter hook input priority filter + 10; policy drop;
        	}
        }
        table inet devoxx {
        	chain forward {
        		type filter hook forward priority filter; policy accept;
        	}
        }
        table bridge odd {
        	chain forward {
        		type filter hook forward priority filter; policy drop;
        	}
        }
        """;

    [Fact]
    public void Finds_every_chain_at_the_hook_but_ours_and_those_that_route_nothing() => Assert.Equal(
        [new ForwardObstacle("ip", "filter", "FORWARD", "policy drop", HasDockerUser: true), new ForwardObstacle("inet", "firewalld", "filter_FORWARD", "")],
        ForwardObstacle.Candidates(Chains, "devoxx"));

    [Theory]
    [InlineData("counter packets 0 bytes 0 reject with icmpx admin-prohibited", "reject with icmpx admin-prohibited")]
    [InlineData("drop", "drop")]
    [InlineData("counter packets 7 bytes 5 log prefix \"FINAL_REJECT: \" drop comment \"the end\"", "drop")]
    [InlineData("reject", "reject")]
    [InlineData("ct state invalid drop", null)]
    [InlineData("iifname \"eth0\" counter packets 1 bytes 2 drop", null)]
    [InlineData("jump DOCKER-USER", null)]
    public void A_last_rule_without_conditions_is_a_barrier(string last, string? barrier) => Assert.Equal(
        barrier,
        ForwardObstacle.Barrier($"table inet f {{\n\tchain c {{\n\t\ttype filter hook forward priority filter; policy accept;\n\t\tct state established,related accept\n\t\t{last}\n\t}}\n}}\n"));

    [Fact]
    public void A_chain_without_rules_lets_everything_through() =>
        Assert.Null(ForwardObstacle.Barrier("table inet f {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}\n"));

    [Fact]
    public void Says_which_chain_it_is_and_what_to_type()
    {
        Assert.EndsWith("iptables -I DOCKER-USER -i 'dx12345b+' -j ACCEPT, and the same with -o", ForwardObstacle.Candidates(Chains, "devoxx")[0].Describe("dx12345b"));
        var text = new ForwardObstacle("inet", "firewalld", "filter_FORWARD", "reject").Describe("dx12345b");
        Assert.StartsWith("chain filter_FORWARD of table inet firewalld, which is another program's, drops what this machine forwards (reject)", text);
        Assert.EndsWith("nft insert rule inet firewalld filter_FORWARD iifname '\"dx12345b*\"' accept, and the same with oifname", text);
    }
}
