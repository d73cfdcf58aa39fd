using System.Buffers.Binary;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Resolver.Forwarding;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Sockets;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>One connection: messages with two bytes of length before each, as many as the asker likes, answered as they become ready (RFC 7766).</summary>
internal sealed class TcpConnection : ISource, IAskers, IAsker
{
    /// <summary>Who does not read its answers is not waited for.</summary>
    private const int MostUnread = 256 * 1024;

    private readonly Desk _desk;
    private readonly ServedContainer _container;
    private readonly int _fd;
    private readonly Action<TcpConnection> _closed;
    private byte[] _in = new byte[512];
    private int _have;
    private byte[] _unread = [];
    private bool _isClosed;

    public TcpConnection(Desk desk, ServedContainer container, int fd, Action<TcpConnection> closed)
    {
        (_desk, _container, _fd, _closed) = (desk, container, fd, closed);
        desk.Sources.Add(fd, this);
    }

    public void OnReady(uint events)
    {
        if ((events & Epoll.Out) != 0)
        {
            Flush();
        }

        if (!_isClosed && (events & ~Epoll.Out) != 0)
        {
            Read();
        }
    }

    public IAsker Of(in Query query) => this;

    public void Deliver(Span<byte> answer, int questionEnd)
    {
        if (_isClosed)
        {
            return;
        }

        answer.CopyTo(_desk.Out.AsSpan(2));
        Send(answer.Length);
    }

    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _desk.Sources.Close(_fd);
            _closed(this);
        }
    }

    private void Read()
    {
        var length = Socket.Receive(_fd, _in.AsSpan(_have));
        if (length <= 0)
        {
            if (length != -EAGAIN)
            {
                Close();
            }

            return;
        }

        _have += length;
        var at = 0;
        while (!_isClosed && _have - at >= 2)
        {
            var size = 2 + BinaryPrimitives.ReadUInt16BigEndian(_in.AsSpan(at));
            if (_have - at < size)
            {
                if (size > _in.Length)
                {
                    Array.Resize(ref _in, size);
                }

                break;
            }

            var answer = _desk.Answer(_container, _in.AsSpan(at + 2, size - 2), isTcp: true, this);
            if (answer > 0)
            {
                Send(answer);
            }

            at += size;
        }

        _in.AsSpan(at, _have - at).CopyTo(_in);
        _have -= at;
        if (_have == _in.Length)
        {
            Array.Resize(ref _in, _in.Length * 2);
        }
    }

    /// <summary>What stands in the desk's buffer behind the two bytes.</summary>
    private void Send(int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_desk.Out, (ushort)length);
        var message = _desk.Out.AsSpan(0, 2 + length);
        var sent = _unread.Length > 0 ? 0 : Socket.Send(_fd, message);
        if (sent is < 0 and not -EAGAIN || _unread.Length + length > MostUnread)
        {
            Close();
            return;
        }

        sent = Math.Max(0, sent);
        if (sent < message.Length)
        {
            Keep([.. _unread, .. message[sent..]]);
        }
    }

    private void Flush()
    {
        if (_unread.Length == 0)
        {
            return;
        }

        var sent = Socket.Send(_fd, _unread);
        if (sent is < 0 and not -EAGAIN)
        {
            Close();
        }
        else if (sent > 0)
        {
            Keep(_unread[sent..]);
        }
    }

    private void Keep(byte[] unread)
    {
        _unread = unread;
        _desk.Sources.Change(_fd, unread.Length == 0 ? Epoll.In : Epoll.In | Epoll.Out);
    }
}
