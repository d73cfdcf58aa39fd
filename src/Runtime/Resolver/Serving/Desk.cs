using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Sockets;
using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>Whoever remembers who has asked, when the answer takes longer.</summary>
internal interface IAskers
{
    IAsker Of(in Query query);
}

/// <summary>What all that serve have in common; there is one thread, so that one buffer of each kind is enough.</summary>
internal sealed class Desk(Sources sources, Forwarder forwarder)
{
    private readonly char[] _name = new char[Numbers.LongestName];

    public Sources Sources => sources;

    public Forwarder Forwarder => forwarder;

    /// <summary>For a query that has come by UDP, and its sender.</summary>
    public byte[] In { get; } = new byte[Numbers.LargestUdpSize];

    /// <summary>For an answer, with two bytes before it for its length.</summary>
    public byte[] Out { get; } = new byte[2 + Numbers.LargestMessage];

    /// <summary>Writes the answer to <see cref="Out"/>, past its two bytes.</summary>
    /// <returns>Its length; 0: there is none, or none yet.</returns>
    public int Answer(ServedContainer container, ReadOnlySpan<byte> message, bool isTcp, IAskers askers)
    {
        var buffer = Out.AsSpan(2);
        switch (Answering.Answer(container.View, message, isTcp, _name, buffer, out var query, out var length))
        {
            case Verdict.Answered:
                return length;
            case Verdict.Forward when !forwarder.Begin(container, container.Servers, container.Namespace, askers.Of(query), query, isTcp):
                return Answering.Failure(query, buffer);
            default:
                return 0;
        }
    }
}
