using System.Net;
using System.Net.Sockets;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// Passes on what arrives at the sockets of a <see cref="PortReservation"/>: what the kernel's redirection does not reach. The
/// container then sees the host as its client. Ends with the sockets.
/// </summary>
internal static class PortRelay
{
    private static readonly TimeSpan UdpIdle = TimeSpan.FromSeconds(60);

    /// <param name="addresses">The container's, the preferred first.</param>
    /// <param name="log">Told of what goes wrong.</param>
    public static void Start(PortReservation reservation, IReadOnlyList<IPAddress> addresses, Action<string> log)
    {
        foreach (var socket in reservation.Sockets)
        {
            if (socket.ProtocolType is not (ProtocolType.Tcp or ProtocolType.Udp))
            {
                continue; // SCTP: only held.
            }

            var local = (IPEndPoint)socket.LocalEndPoint!;
            var port = reservation.Ports.FirstOrDefault(p => p.HostPort == local.Port
                && p.Protocol == (socket.ProtocolType == ProtocolType.Udp ? "udp" : "tcp")
                && (p.HostIp is null || IPAddress.Parse(p.HostIp).Equals(local.Address)));
            if (port is null || addresses.Count == 0)
            {
                continue;
            }

            var target = new IPEndPoint(addresses.FirstOrDefault(a => a.AddressFamily == local.AddressFamily) ?? addresses[0], port.Target);
            _ = socket.SocketType == SocketType.Dgram ? GuardAsync(DatagramsAsync(socket, target), log) : GuardAsync(ConnectionsAsync(socket, target), log);
        }
    }

    private static async Task GuardAsync(Task relay, Action<string> log)
    {
        try
        {
            await relay.ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The run has ended.
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
        {
            // The same, seen from within a call.
        }
        catch (SocketException e)
        {
            log(e.Message);
        }
    }

    private static async Task ConnectionsAsync(Socket listener, IPEndPoint target)
    {
        while (true)
        {
            var client = await listener.AcceptAsync().ConfigureAwait(false);
            _ = ConnectionAsync(client, target);
        }
    }

    private static async Task ConnectionAsync(Socket client, IPEndPoint target)
    {
        using var one = client;
        using var other = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            client.NoDelay = true;
            await other.ConnectAsync(target).ConfigureAwait(false);
            await Task.WhenAll(CopyAsync(client, other), CopyAsync(other, client)).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Either side has gone: the other sees its connection end.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, SocketFlags.None).ConfigureAwait(false)) > 0)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None).ConfigureAwait(false);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private static async Task DatagramsAsync(Socket server, IPEndPoint target)
    {
        var clients = new Dictionary<EndPoint, Socket>();
        var anybody = new IPEndPoint(server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var got = await server.ReceiveFromAsync(buffer, SocketFlags.None, anybody).ConfigureAwait(false);
                if (!clients.TryGetValue(got.RemoteEndPoint, out var upstream) || !upstream.Connected)
                {
                    clients[got.RemoteEndPoint] = upstream = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                    await upstream.ConnectAsync(target).ConfigureAwait(false);
                    _ = AnswersAsync(server, got.RemoteEndPoint, upstream);
                }

                try
                {
                    await upstream.SendAsync(buffer.AsMemory(0, got.ReceivedBytes), SocketFlags.None).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    // Nobody listens there now: as lost as any datagram to a closed port.
                    upstream.Dispose();
                }
            }
        }
        finally
        {
            foreach (var upstream in clients.Values)
            {
                upstream.Dispose();
            }
        }
    }

    private static async Task AnswersAsync(Socket server, EndPoint client, Socket upstream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                using var idle = new CancellationTokenSource(UdpIdle);
                var count = await upstream.ReceiveAsync(buffer, SocketFlags.None, idle.Token).ConfigureAwait(false);
                await server.SendToAsync(buffer.AsMemory(0, count), SocketFlags.None, client).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody answers any more, or nobody asks.
            upstream.Dispose();
        }
    }
}
