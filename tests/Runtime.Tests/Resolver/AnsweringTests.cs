using Devoxx.Oci.Names;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Tests.Resolver;

/// <summary>What containers are told of each other.</summary>
public sealed class AnsweringTests
{
    private const ushort A = 1, Txt = 16, Mx = 15, Aaaa = 28, Https = 65;

    private static readonly NetworkZone Shop = new()
    {
        Id = "n1",
        Name = "shop_default",
        Subnets = ["172.18.0.0/16", "fd00:18::/64"],
        Members =
        [
            new ZoneMember
            {
                ContainerId = new string('a', 64), Name = "shop-web-1", Service = "web", Project = "shop", Hostname = "frontend", Ipv4 = "172.18.0.2", Ipv6 = "fd00:18::2",
                Aliases = ["www", "Www.Example.Test"], Ports = [new ZonePort(80, "tcp", "http"), new ZonePort(80, "tcp", "web"), new ZonePort(443)],
            },
            new ZoneMember { ContainerId = new string('b', 64), Name = "shop-web-2", Service = "web", Project = "shop", Ipv4 = "172.18.0.3", Ports = [new ZonePort(80, "tcp", "http")] },
            new ZoneMember { ContainerId = new string('c', 64), Name = "shop-web-3", Service = "web", Project = "shop", Ipv4 = "172.18.0.4" },
            new ZoneMember { ContainerId = new string('d', 64), Name = "shop-db-1", Service = "db", Project = "shop", Ipv4 = "172.18.0.5" },
        ],
    };

    private static readonly NetworkZone Other = new()
    {
        Id = "n2",
        Name = "other_default",
        Subnets = ["172.19.0.0/16"],
        Members = [new ZoneMember { ContainerId = new string('e', 64), Name = "other-db-1", Service = "db", Project = "other", Ipv4 = "172.19.0.5" }],
    };

    [Theory]
    [InlineData("db", "172.18.0.5")]
    [InlineData("shop-db-1", "172.18.0.5")]
    [InlineData("dddddddddddd", "172.18.0.5")]
    [InlineData("frontend", "172.18.0.2")]
    [InlineData("www", "172.18.0.2")]
    [InlineData("www.example.test", "172.18.0.2")]
    [InlineData("db.shop_default", "172.18.0.5")]
    [InlineData("shop-web-2.shop_default", "172.18.0.3")]
    public void Answers_to_every_name_of_a_container(string name, string address) => Assert.Equal([address], Ask(name, A, Shop).Answers);

    [Fact]
    public void Gives_all_replicas_each_first_in_turn()
    {
        var view = See(Shop);

        var answers = Enumerable.Range(0, 6).Select(_ => Ask(view, Message.Query("web", A)).Answers.ToList()).ToList();

        Assert.All(answers, answer => Assert.Equal(["172.18.0.2", "172.18.0.3", "172.18.0.4"], answer.Order()));
        Assert.Equal(["172.18.0.2", "172.18.0.3", "172.18.0.4"], answers.Take(3).Select(answer => answer[0]).Order());
        Assert.Equal(answers.Take(3).Select(answer => answer[0]), answers.Skip(3).Select(answer => answer[0]));
    }

    [Fact]
    public void Repeats_the_question_to_the_letter()
    {
        var reply = Ask("wWw.ExAmple.TEST", A, Shop);

        Assert.Equal("wWw.ExAmple.TEST", reply.Question);
        Assert.Equal("wWw.ExAmple.TEST", reply.Records[0].Owner);
        Assert.Equal(["172.18.0.2"], reply.Answers);
    }

    [Theory]
    [InlineData("db", Aaaa)]
    [InlineData("db", Mx)]
    [InlineData("db", Txt)]
    [InlineData("db", Https)]
    [InlineData("5.0.18.172.in-addr.arpa", A)]
    public void Says_that_a_known_name_has_nothing_of_another_type(string name, ushort type)
    {
        var reply = Ask(name, type, Shop);

        Assert.Equal(0, reply.Code);
        Assert.Empty(reply.Answers);
        Assert.True(reply.HasSoa);
        Assert.Equal(0x400, reply.Flags & 0x400);
    }

    [Fact]
    public void Answers_the_types_it_has()
    {
        Assert.Equal(["fd00:18::2"], Ask("frontend", Aaaa, Shop).Answers);
        Assert.Equal(["172.18.0.2", "fd00:18::2"], Ask("frontend", 255, Shop).Answers);
    }

    [Fact]
    public void Tells_whose_an_address_is()
    {
        Assert.Equal(["shop-db-1.shop_default"], Ask("5.0.18.172.in-addr.arpa", 12, Shop).Answers);
        Assert.Equal(
            ["shop-web-1.shop_default"], Ask("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.1.0.0.0.0.d.f.ip6.arpa", 12, Shop).Answers);
    }

    [Fact]
    public void Keeps_questions_for_addresses_of_its_networks_to_itself()
    {
        var reply = Ask("77.0.18.172.in-addr.arpa", 12, Shop);

        Assert.Equal(3, reply.Code);
        Assert.True(reply.HasSoa);
        Assert.Null(TryAsk(See(Shop), Message.Query("8.8.8.8.in-addr.arpa", 12)));
    }

    [Theory]
    [InlineData("_http._tcp.web", new[] { "0 0 80 shop-web-1.shop_default", "0 0 80 shop-web-2.shop_default" })]
    [InlineData("_443._tcp.web", new[] { "0 0 443 shop-web-1.shop_default" })]
    [InlineData("_http._tcp.web.shop_default", new[] { "0 0 80 shop-web-1.shop_default", "0 0 80 shop-web-2.shop_default" })]
    public void Tells_where_a_port_is_served(string name, string[] expected)
    {
        var reply = Ask(name, 33, Shop);

        Assert.Equal(expected, reply.Answers.Order());
        Assert.Contains(reply.Records, r => r is { Section: 2, Owner: "shop-web-1.shop_default", Text: "172.18.0.2" });
    }

    [Theory]
    [InlineData("_ldap._tcp.web")]
    [InlineData("_http._udp.web")]
    public void Knows_that_a_service_has_no_such_port(string name) => Assert.Equal(3, Ask(name, 33, Shop).Code);

    [Theory]
    [InlineData("example.com")]
    [InlineData("nobody")]
    [InlineData("db.other_default")]
    [InlineData("foo.db")]
    [InlineData("_http._tcp.example.com")]
    public void Leaves_other_names_to_the_outside(string name) => Assert.Null(TryAsk(See(Shop), Message.Query(name, A)));

    [Fact]
    public void Asks_nobody_outside_for_a_container_of_internal_networks_only()
    {
        var @internal = Shop with { Internal = true };

        Assert.Equal(3, Ask("example.com", A, @internal).Code);
        Assert.Equal(["172.18.0.5"], Ask("db", A, @internal).Answers);
        Assert.Null(TryAsk(See(@internal, Other), Message.Query("example.com", A)));
    }

    [Fact]
    public void Prefers_the_networks_in_their_order()
    {
        Assert.Equal(["172.18.0.5"], Ask("db", A, Shop, Other).Answers);
        Assert.Equal(["172.19.0.5"], Ask("db", A, Other, Shop).Answers);
        Assert.Equal(["172.19.0.5"], Ask("db.other_default", A, Shop, Other).Answers);
    }

    [Fact]
    public void Takes_the_next_network_for_a_type_that_the_first_has_not()
    {
        var six = Other with { Members = [Other.Members[0] with { Ipv6 = "fd00::9" }] };

        Assert.Equal(["fd00::9"], Ask("db", Aaaa, Shop, six).Answers);
    }

    [Fact]
    public void Follows_links_of_this_container_only()
    {
        ResolverLink[] links = [new("database", "shop", "db"), new("first", Container: "shop-web-1"), new("foreign", "other", "db")];

        Assert.Equal(["172.18.0.5"], Ask(See(links, Shop), Message.Query("database", A)).Answers);
        Assert.Equal(["172.18.0.2"], Ask(See(links, Shop), Message.Query("FIRST", A)).Answers);
        Assert.Null(TryAsk(See(links, Shop), Message.Query("foreign", A)));
        Assert.Null(TryAsk(See(Shop), Message.Query("database", A)));
    }

    [Fact]
    public void Cuts_an_answer_that_is_too_long_for_udp_and_says_so()
    {
        var many = Shop with
        {
            Members = [.. Enumerable.Range(1, 200).Select(i => new ZoneMember { ContainerId = $"{i:x64}", Name = $"shop-web-{i}", Service = "web", Ipv4 = $"172.18.1.{i}" })],
        };

        var plain = Ask(See(many), Message.Query("web", A));
        var extended = Ask(See(many), Message.Query("web", A, udpSize: 4096));
        var tcp = Ask(See(many), Message.Query("web", A), isTcp: true);

        Assert.True(plain.IsTruncated);
        Assert.InRange(plain.Answers.Count(), 20, 31);
        Assert.False(extended.IsTruncated);
        Assert.Equal(200, extended.Answers.Count());
        Assert.Equal(200, tcp.Answers.Distinct().Count());
    }

    [Fact]
    public void Speaks_edns_to_those_who_do()
    {
        Assert.Contains(Ask(See(Shop), Message.Query("db", A, udpSize: 1232)).Records, r => r is { Section: 2, Type: 41, Class: 4096 });
        Assert.DoesNotContain(Ask("db", A, Shop).Records, r => r.Type == 41);

        var future = Ask(See(Shop), Message.Query("db", A, udpSize: 1232, version: 1));
        Assert.Equal(0, future.Code);
        Assert.Contains(future.Records, r => r.Type == 41 && r.Ttl >> 24 == 1);
    }

    [Fact]
    public void Refuses_what_it_does_not_speak()
    {
        Assert.Equal(5, Ask(See(Shop), Message.Query("version.bind", Txt, @class: 3)).Code);
        var update = Message.Query("db", A);
        update[2] = 5 << 3;
        Assert.Equal(4, Code(TryBytes(See(Shop), update)!));
        var answer = Message.Query("db", A);
        answer[2] |= 0x80;
        Assert.Empty(TryBytes(See(Shop), answer)!);
    }

    [Fact]
    public void Names_an_address_by_the_short_id_when_the_name_cannot_be_said()
    {
        var longName = Shop with { Members = [Shop.Members[3] with { Name = new string('x', 70) }] };

        Assert.Equal(["dddddddddddd.shop_default"], Ask("5.0.18.172.in-addr.arpa", 12, longName).Answers);
    }

    private static int Code(byte[] reply) => reply[3] & 15;

    private static View See(params NetworkZone[] zones) => See([], zones);

    private static View See(ResolverLink[] links, params NetworkZone[] zones) => new(
        new ResolverClient { ContainerId = "me", Run = "1", NamespacePath = "", Pid = 1, StartTime = 1, Networks = [.. zones.Select(z => z.Name)], Links = [.. links] },
        [.. zones.Select(z => new Zone(z))]);

    private static Reply Ask(string name, ushort type, params NetworkZone[] zones) => Ask(See(zones), Message.Query(name, type));

    private static Reply Ask(View view, byte[] query, bool isTcp = false) => TryAsk(view, query, isTcp) ?? throw new Xunit.Sdk.XunitException("forwarded");

    /// <summary>Null: the question is for the outside.</summary>
    private static Reply? TryAsk(View view, byte[] query, bool isTcp = false) => TryBytes(view, query, isTcp) is { } bytes ? Message.Read(bytes) : null;

    internal static byte[]? TryBytes(View view, byte[] query, bool isTcp = false)
    {
        var buffer = new byte[65535];
        return Answering.Answer(view, query, isTcp, new char[255], buffer, out _, out var length) == Verdict.Forward ? null : buffer[..length];
    }
}
