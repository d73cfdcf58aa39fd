using System.Net.Sockets;
using System.Text;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>Tells who started us how we are, if it wants to know: sd_notify(3).</summary>
internal static class SystemdNotice
{
    public static void Ready() => Say("READY=1");

    /// <summary>It ends, and that may take so long: more than TimeoutStopSec of the unit, if need be.</summary>
    public static void Stopping(TimeSpan most) => Say($"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)Math.Min(most.TotalMicroseconds, long.MaxValue)}");

    private static void Say(string message)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 1 } path)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // An abstract name is written with @ in the place of its first byte, which is zero.
            socket.SendTo(Encoding.ASCII.GetBytes(message), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
    }
}
