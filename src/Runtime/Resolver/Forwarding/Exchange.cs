using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Devoxx.Native;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Resolver.Messages;
using Devoxx.Runtime.Resolver.Sockets;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Resolver.Forwarding;

/// <summary>Who waits for an answer from outside.</summary>
internal interface IAsker
{
    /// <param name="answer">With the asker's own id.</param>
    /// <param name="questionEnd">Where its question ends.</param>
    void Deliver(Span<byte> answer, int questionEnd);
}

/// <summary>
/// One query on its way to a server outside: asked again of the next one when none answers. Each try has a socket of its own, and with it a
/// source port, and an id, that nobody can guess (RFC 5452); the kernel takes packets only from the server that the socket is connected to.
/// </summary>
internal sealed class Exchange : ISource
{
    public const int TryMs = 1500;

    private const int DnsPort = 53, FewestTries = 3, PacketsPerTurn = 16, EINPROGRESS = 115;

    private readonly Forwarder _forwarder;
    private readonly Upstreams _upstreams;
    private readonly NetNamespace _from;
    private readonly IAsker _asker;
    private readonly byte[] _query;
    private readonly ushort _askersId;
    private readonly int _questionEnd;
    private readonly bool _isTcp;
    private readonly int _first;
    private int _tried = -1;
    private int _fd = -1;
    private byte[] _stream = [];
    private int _have;

    /// <param name="query">Its id is another in each try.</param>
    public Exchange(Forwarder forwarder, Upstreams upstreams, NetNamespace from, IAsker asker, in Query query, bool isTcp)
    {
        (_forwarder, _upstreams, _from, _asker, _isTcp) = (forwarder, upstreams, from, asker, isTcp);
        _first = upstreams.First(Environment.TickCount64);
        _query = query.Message.ToArray();
        (_askersId, _questionEnd) = (query.Id, query.QuestionEnd);
    }

    public bool IsOver { get; private set; }

    /// <summary>Counts the tries.</summary>
    public int Try => _tried;

    /// <summary>Asks the next server that can be asked; gives up when enough have been.</summary>
    public void Next()
    {
        while (!IsOver)
        {
            _forwarder.Sources.Close(_fd);
            _fd = -1;
            _tried++;
            if (_tried >= Math.Max(FewestTries, _upstreams.Count) || _upstreams.Count == 0)
            {
                Fail();
            }
            else if (TrySend(_upstreams[_first + _tried]))
            {
                _forwarder.Expect(this);
                return;
            }
        }
    }

    /// <summary>The time of one try is over.</summary>
    public void Expire()
    {
        _upstreams.Pass(_first + _tried, Environment.TickCount64);
        Next();
    }

    /// <summary>Nobody wants the answer any more.</summary>
    public void Abandon()
    {
        if (!IsOver)
        {
            End();
        }
    }

    public void OnReady(uint events)
    {
        if (_isTcp)
        {
            OnStream(events);
        }
        else
        {
            OnDatagrams();
        }
    }

    private bool TrySend(IPAddress server)
    {
        RandomNumberGenerator.Fill(_query.AsSpan(0, 2));
        int status;
        try
        {
            (_fd, status) = _from.Within(() =>
            {
                var fd = Socket.Open(_isTcp, server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
                return (fd, Socket.Connect(fd, server, DnsPort));
            });
        }
        catch (LinuxException)
        {
            // No descriptors or no memory now; or no IPv6 here.
            return false;
        }

        if (!_isTcp && status == 0)
        {
            status = Socket.Send(_fd, _query);
        }

        if (status < 0 && !(_isTcp && status == -EINPROGRESS))
        {
            FileDescriptor.Close(_fd);
            _fd = -1;
            return false;
        }

        _have = 0;
        _forwarder.Sources.Add(_fd, this, _isTcp ? Epoll.Out : Epoll.In);
        return true;
    }

    private void OnDatagrams()
    {
        var answer = _forwarder.Buffer;
        for (var i = 0; i < PacketsPerTurn && !IsOver; i++)
        {
            var length = Socket.Receive(_fd, answer);
            if (length == -EAGAIN)
            {
                return;
            }

            if (length < 0)
            {
                // Nobody listens there: ECONNREFUSED, EHOSTUNREACH.
                _upstreams.Pass(_first + _tried, Environment.TickCount64);
                Next();
                return;
            }

            if (Query.IsAnswer(answer.AsSpan(0, length), _query, _questionEnd))
            {
                Answered(answer.AsSpan(0, length));
                return;
            }
        }
    }

    private void OnStream(uint events)
    {
        if (_stream.Length == 0 || (events & Epoll.Out) != 0)
        {
            if (Socket.Error(_fd) != 0 || !SendStream())
            {
                Next();
                return;
            }

            _stream = new byte[2 + Numbers.LargestMessage];
            _forwarder.Sources.Change(_fd, Epoll.In);
            return;
        }

        var length = Socket.Receive(_fd, _stream.AsSpan(_have));
        if (length == -EAGAIN)
        {
            return;
        }

        if (length <= 0)
        {
            Next();
            return;
        }

        _have += length;
        if (_have < 2 || _have < 2 + BinaryPrimitives.ReadUInt16BigEndian(_stream))
        {
            return;
        }

        var answer = _stream.AsSpan(2, BinaryPrimitives.ReadUInt16BigEndian(_stream));
        if (Query.IsAnswer(answer, _query, _questionEnd))
        {
            Answered(answer);
        }
        else
        {
            Next();
        }
    }

    /// <summary>A query is far smaller than what the kernel takes at once.</summary>
    private bool SendStream()
    {
        Span<byte> framed = new byte[2 + _query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)_query.Length);
        _query.CopyTo(framed[2..]);
        return Socket.Send(_fd, framed) == framed.Length;
    }

    private void Answered(Span<byte> answer)
    {
        var code = (ResponseCode)(answer[3] & 15);
        if (code is ResponseCode.ServerFailure or ResponseCode.Refused or ResponseCode.NotImplemented && _tried + 1 < _upstreams.Count)
        {
            Next();
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(answer, _askersId);
        End();
        _asker.Deliver(answer, _questionEnd);
    }

    private void Fail()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_query, _askersId);
        Span<char> name = stackalloc char[Numbers.LongestName];
        _ = Query.Read(_query, name, out var query);
        var answer = _forwarder.Buffer;
        var length = Zones.Answering.Failure(query, answer);
        End();
        _asker.Deliver(answer.AsSpan(0, length), _questionEnd);
    }

    private void End()
    {
        IsOver = true;
        _forwarder.Sources.Close(_fd);
        _fd = -1;
        _forwarder.Ended(this);
    }
}
