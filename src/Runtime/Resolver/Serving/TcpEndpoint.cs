using Devoxx.Runtime.Resolver.Sockets;

namespace Devoxx.Runtime.Resolver.Serving;

/// <summary>Where a container's connections come in. Each may stay as long as it likes, but of too many the oldest goes.</summary>
internal sealed class TcpEndpoint(Desk desk, ServedContainer container, int fd) : ISource, IDisposable
{
    private const int MostConnections = 64;

    private readonly List<TcpConnection> _connections = [];

    public void OnReady(uint events)
    {
        for (int connection; (connection = Socket.Accept(fd)) >= 0;)
        {
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
