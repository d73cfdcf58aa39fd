using System.Net;
using System.Net.Sockets;
using System.Text;
using Devoxx.Native.Namespaces;

namespace Devoxx.Scenarios.World;

/// <summary>The least of a client and of a server of UDP, in whichever network namespace.</summary>
public static class Udp
{
    /// <summary>Sends a datagram; the answer, without its line's end, or null when none comes within the time.</summary>
    /// <param name="from">A port of one's own; 0: any.</param>
    public static string? Ask(NetworkNamespace where, IPEndPoint to, int from = 0, int milliseconds = 3000) => where.Run(() =>
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = milliseconds };
        socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, from));
        try
        {
            socket.Connect(to);
            socket.Send("hello\n"u8);
            var buffer = new byte[2048];
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)).Trim();
        }
        catch (SocketException)
        {
            return null;
        }
    });

    /// <summary>Answers every datagram with its own name and the sender's address, until disposed.</summary>
    public static IDisposable Serve(NetworkNamespace where, int port, string name)
    {
        var socket = where.Run(() =>
        {
            var opened = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            opened.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return opened;
        });
        _ = AnswerAsync();
        return socket;

        async Task AnswerAsync()
        {
            var buffer = new byte[2048];
            try
            {
                while (true)
                {
                    var got = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.IPv6Any, 0));
                    var sender = ((IPEndPoint)got.RemoteEndPoint).Address;
                    await socket.SendToAsync(Encoding.ASCII.GetBytes($"{name} {(sender.IsIPv4MappedToIPv6 ? sender.MapToIPv4() : sender)}"), SocketFlags.None, got.RemoteEndPoint);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
