using Devoxx.Runtime.Resolver.Sockets;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>Where a container's connections come in. Each may stay as long as it likes, but of too many the oldest goes.</summary>
internal sealed class TcpEndpoint(Desk desk, ServedContainer container, int fd) : ISource, IDisposable
{
    private const int MostConnections = 64, ENFILE = 23, EMFILE = 24;

    private readonly List<TcpConnection> _connections = [];

    public void OnReady(uint events)
    {
        while (true)
        {
            var connection = Socket.Accept(fd);
            if (connection is -EMFILE or -ENFILE && _connections.Count > 0)
            {
                // No descriptors are left: what waits would wake us again and again.
                _connections[0].Close();
                continue;
            }

            if (connection < 0)
            {
                return;
            }

            if (_connections.Count == MostConnections)
            {
                _connections[0].Close();
            }

            _connections.Add(new TcpConnection(desk, container, connection, closed => _connections.Remove(closed)));
        }
    }

    public void Dispose()
    {
        while (_connections.Count > 0)
        {
            _connections[0].Close();
        }
    }
}
