using Devoxx.Native;
using Devoxx.Native.Terminals;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Monitor;

/// <summary>Passes a container's input, output and terminal size between it and whoever is connected to <c>attach.sock</c>.</summary>
internal sealed unsafe class AttachServer : IDisposable
{
    private readonly Epoll _epoll;
    private readonly List<AttachClient> _clients = [];
    private readonly int _listener;
    private readonly bool _isTerminal;
    private int _input;
    private bool _inputBlocked;

    /// <param name="directory">Where to make <c>attach.sock</c>.</param>
    /// <param name="input">Writing end of the container's standard input, or its terminal; −1 when it has none.</param>
    public AttachServer(Epoll epoll, string directory, int input, bool isTerminal)
    {
        (_epoll, _input, _isTerminal) = (epoll, input, isTerminal);
        _listener = UnixSocket.Listen(directory, StateDirectory.AttachName);
        epoll.Add(_listener);
    }

    public bool Owns(int fd)
    {
        if (fd == _listener || (fd == _input && !_isTerminal))
        {
            return true;
        }

        foreach (var client in _clients)
        {
            if (client.Fd == fd)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One of the descriptors that it <see cref="Owns"/> is ready.</summary>
    public void OnReady(int fd)
    {
        if (fd == _listener)
        {
            Accept();
            return;
        }

        if (fd == _input)
        {
            Unblock();
            return;
        }

        var client = _clients.Find(each => each.Fd == fd)!;
        var open = client.Receive();
        if (!Process(client) || !open)
        {
            Drop(client);
        }
    }

    /// <summary>Waits for the first to connect.</summary>
    public void AwaitClient(TimeSpan most)
    {
        var deadline = Environment.TickCount64 + (long)most.TotalMilliseconds;
        while (_clients.Count == 0 && deadline - Environment.TickCount64 is > 0 and var left && Poll.Readable(_listener, (int)left))
        {
            Accept();
        }
    }

    /// <summary>Output of the container, to everybody connected.</summary>
    public void Broadcast(byte type, ReadOnlySpan<byte> bytes)
    {
        for (var i = _clients.Count - 1; i >= 0; i--)
        {
            if (!_clients[i].Send(type, bytes))
            {
                Drop(_clients[i]);
            }
        }
    }

    /// <summary>The terminal can take input again.</summary>
    public void Unblock()
    {
        if (!_inputBlocked)
        {
            return;
        }

        _inputBlocked = false;
        if (_isTerminal)
        {
            _epoll.Change(_input, Epoll.In);
        }
        else
        {
            _epoll.Remove(_input);
        }

        for (var i = _clients.Count - 1; i >= 0; i--)
        {
            _epoll.Change(_clients[i].Fd, Epoll.In);
            if (!Process(_clients[i]))
            {
                Drop(_clients[i]);
            }
        }
    }

    /// <summary>The container closed its output; of a terminal that is the input too.</summary>
    public void OnOutputClosed()
    {
        if (_isTerminal)
        {
            CloseInput();
        }
    }

    private void CloseInput()
    {
        if (_input < 0)
        {
            return;
        }

        Unblock();
        if (!_isTerminal)
        {
            FileDescriptor.Close(_input);
        }

        _input = -1;
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        FileDescriptor.Close(_listener);
    }

    private bool Process(AttachClient client)
    {
        while (!_inputBlocked && client.TryFrame(out var type, out var payload, out _))
        {
            switch (type)
            {
                case AttachProtocol.Input:
                    Feed(client, payload);
                    continue;
                case AttachProtocol.Resize when payload.Length == 4 && _isTerminal && _input >= 0:
                    new WindowSize { Rows = (ushort)(payload[0] | (payload[1] << 8)), Columns = (ushort)(payload[2] | (payload[3] << 8)) }.ApplyTo(_input);
                    break;
                case AttachProtocol.EndOfInput when !_isTerminal:
                    CloseInput();
                    break;
            }

            client.Consume(payload.Length);
        }

        client.TryFrame(out _, out _, out var invalid);
        return !invalid;
    }

    // What the container does not take now stays with its client, and no client is read until it does.
    private void Feed(AttachClient client, ReadOnlySpan<byte> payload)
    {
        nint written = payload.Length;
        if (_input >= 0 && payload.Length > 0)
        {
            fixed (byte* bytes = payload)
            {
                written = RawSyscall.Invoke(Nr.write, _input, (nint)bytes, payload.Length);
            }
        }

        if (written == -EAGAIN || (written > 0 && written < payload.Length))
        {
            client.ConsumePart((int)Math.Max(0, written));
            Block();
            return;
        }

        if (written == -EPIPE)
        {
            CloseInput();
        }

        client.Consume(payload.Length);
    }

    private void Block()
    {
        _inputBlocked = true;
        foreach (var client in _clients)
        {
            _epoll.Change(client.Fd, 0);
        }

        if (_isTerminal)
        {
            _epoll.Change(_input, Epoll.In | Epoll.Out);
        }
        else
        {
            _epoll.Add(_input, Epoll.Out);
        }
    }

    private void Accept()
    {
        var fd = UnixSocket.Accept(_listener, SOCK_NONBLOCK);
        if (fd < 0)
        {
            return;
        }

        _clients.Add(new AttachClient(fd));
        _epoll.Add(fd, _inputBlocked ? 0 : Epoll.In);
    }

    private void Drop(AttachClient client)
    {
        _clients.Remove(client);
        client.Dispose();
    }
}
