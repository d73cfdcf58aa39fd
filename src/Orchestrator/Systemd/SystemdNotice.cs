using System.Net.Sockets;
using System.Text;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>Tells who started us that we are ready, if it wants to know: sd_notify(3).</summary>
internal static class SystemdNotice
{
    public static void Ready()
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 1 } path)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // An abstract name is written with @ in the place of its first byte, which is zero.
            socket.SendTo(Encoding.ASCII.GetBytes("READY=1"), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
    }
}
