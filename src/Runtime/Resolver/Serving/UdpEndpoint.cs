using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Sockets;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>Where a container's queries by UDP come in.</summary>
internal sealed unsafe class UdpEndpoint(Desk desk, ServedContainer container, int fd) : ISource, IAskers
{
    /// <summary>So that one container that asks without end keeps no other waiting.</summary>
    private const int PacketsPerTurn = 64;

    private readonly byte[] _from = new byte[Socket.AddressSize];
    private int _fromSize;

    public void OnReady(uint events)
    {
        fixed (byte* from = _from)
        {
            for (var i = 0; i < PacketsPerTurn; i++)
            {
                _fromSize = _from.Length;
                var length = Socket.Receive(fd, desk.In, from, ref _fromSize);
                if (length < 0)
                {
                    // EAGAIN: no more. Anything else is the trouble of one datagram, and taken by having been told.
                    return;
                }

                var size = desk.Answer(container, desk.In.AsSpan(0, length), isTcp: false, this);
                if (size > 0)
                {
                    // Not sent when the asker's buffer is full: it asks again.
                    _ = Socket.Send(fd, desk.Out.AsSpan(2, size), from, _fromSize);
                }
            }
        }
    }

    public IAsker Of(in Query query) => new Asker(container, fd, _from.AsSpan(0, _fromSize).ToArray(), query.UdpSize);

    private sealed class Asker(ServedContainer container, int fd, byte[] to, int udpSize) : IAsker
    {
        public void Deliver(Span<byte> answer, int questionEnd)
        {
            if (container.IsClosed)
            {
                return;
            }

            var length = answer.Length <= udpSize ? answer.Length : Answer.Cut(answer, questionEnd);
            fixed (byte* address = to)
            {
                _ = Socket.Send(fd, answer[..length], address, to.Length);
            }
        }
    }
}
