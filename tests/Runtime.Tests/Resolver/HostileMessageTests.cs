using Devoxx.Oci.Names;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Tests.Resolver;

/// <summary>Whoever is in a container may send anything: it is answered or dropped, and what is sent back is well formed.</summary>
public sealed class HostileMessageTests
{
    private static readonly View Nothing = new(
        new ResolverClient { ContainerId = "me", Run = "1", NamespacePath = "", Pid = 1, StartTime = 1, Networks = ["n"] },
        [
            new Zone(new NetworkZone
            {
                Id = "n", Name = "n", Internal = true,
                Members = [new ZoneMember { ContainerId = new string('a', 64), Name = "web", Service = "web", Ipv4 = "10.0.0.1", Ports = [new ZonePort(80)] }],
            }),
        ]);

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "a pointer to itself", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1] },
        { "a pointer into the header", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 1, 0, 1] },
        { "a label of a kind that there is not", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 1, 0, 1] },
        { "no question", [1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "two questions", [1, 2, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1] },
        { "a name without an end", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 1, 1, 1] },
        { "a label longer than the rest", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1, 0, 0, 1, 0, 1] },
        { "no type", [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 65, 0] },
        { "records that are not there", [.. Message.Query("web", 1)[..10], 0xff, 0xff, .. Message.Query("web", 1)[12..]] },
        { "a name that is too long", Message.Query(string.Join('.', Enumerable.Repeat(new string('x', 63), 4)), 1) },
        { "two OPT records", [.. Message.Query("web", 1, udpSize: 512)[..11], 2, .. Message.Query("web", 1, udpSize: 512)[12..], 0, 0, 41, 2, 0, 0, 0, 0, 0, 0, 0] },
        { "an OPT longer than the rest", [.. Message.Query("web", 1, udpSize: 512)[..^1], 9] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Is_told_that_it_is_malformed(string what, byte[] message)
    {
        var answer = AnsweringTests.TryBytes(Nothing, message)!;

        Assert.True((answer[3] & 15) == 1, what);
        Assert.Equal(message[..2], answer[..2]);
        Assert.InRange(answer.Length, 12, 512);
    }

    [Fact]
    public void Is_dropped_when_it_is_too_short_to_be_answered()
    {
        for (var length = 0; length < 12; length++)
        {
            Assert.Empty(AnsweringTests.TryBytes(Nothing, Message.Query("web", 1)[..length])!);
        }
    }

    [Fact]
    public void Every_prefix_of_a_query_is_answered_or_dropped()
    {
        var query = Message.Query("_80._tcp.web.n", 33, udpSize: 1232);
        for (var length = 0; length < query.Length; length++)
        {
            var answer = AnsweringTests.TryBytes(Nothing, query[..length])!;
            Assert.True(answer.Length == 0 || (answer[3] & 15) == 1);
        }
    }

    [Fact]
    public void Garbage_and_damaged_queries_never_bring_it_down()
    {
        var random = new Random(20261125);
        byte[][] seeds =
        [
            Message.Query("web", 1), Message.Query("web.n", 28, udpSize: 4096), Message.Query("_80._tcp.web", 33, udpSize: 600),
            Message.Query("1.0.0.10.in-addr.arpa", 12), Message.Query(string.Join('.', Enumerable.Repeat("a", 120)), 255),
            Message.Query("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.1.0.0.0.0.d.f.ip6.arpa", 12),
        ];
        for (var round = 0; round < 200_000; round++)
        {
            byte[] message;
            if (round % 4 == 0)
            {
                message = new byte[random.Next(0, 600)];
                random.NextBytes(message);
            }
            else
            {
                message = [.. seeds[random.Next(seeds.Length)]];
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                {
                    message[random.Next(2, message.Length)] = (byte)random.Next(256);
                }

                message = message[..random.Next(message.Length / 2, message.Length + 1)];
            }

            var answer = AnsweringTests.TryBytes(Nothing, message, isTcp: round % 2 == 0);
            if (answer is { Length: > 0 })
            {
                Assert.Equal(message[..2], answer[..2]);
                Assert.NotEqual(0, answer[2] & 0x80);
                if (answer[5] == 1)
                {
                    _ = Message.Read(answer);
                }
            }
        }
    }

    [Fact]
    public void An_answer_from_outside_counts_only_when_it_is_to_this_question()
    {
        var query = Message.Query("ExAmple.com", 1);
        var end = query.Length;
        byte[] Answer(byte[] question)
        {
            byte[] answer = [.. question];
            answer[2] |= 0x80;
            return answer;
        }

        Assert.True(Query.IsAnswer(Answer(query), query, end));
        Assert.False(Query.IsAnswer(query, query, end));
        Assert.False(Query.IsAnswer(Answer(Message.Query("ExAmple.com", 1, id: 0x1235)), query, end));
        Assert.False(Query.IsAnswer(Answer(Message.Query("example.com", 1)), query, end));
        Assert.False(Query.IsAnswer(Answer(Message.Query("ExAmple.com", 28)), query, end));
        Assert.False(Query.IsAnswer(Answer(query)[..^1], query, end));
        Assert.False(Query.IsAnswer([], query, end));
    }
}
