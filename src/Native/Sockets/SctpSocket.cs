using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Devoxx.Native.Sockets;

/// <summary>Sockets of sctp(7), which <see cref="Socket"/> cannot make itself: it knows no such protocol.</summary>
public static unsafe class SctpSocket
{
    private const int SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, IPPROTO_SCTP = 132, IPPROTO_IPV6 = 41, IPV6_V6ONLY = 26, AF_INET = 2, AF_INET6 = 10;

    /// <summary>A socket that is bound to the port, of IPv6 for IPv6 only.</summary>
    /// <exception cref="LinuxException">EADDRINUSE: somebody has it; EPROTONOSUPPORT: the kernel has no SCTP.</exception>
    public static Socket Bind(IPAddress address, int port)
    {
        var is6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var fd = RawSyscall.Invoke(Nr.socket, is6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
        if (fd < 0)
        {
            throw new LinuxException("socket", (int)-fd, null, "SOCK_STREAM, IPPROTO_SCTP");
        }

        var handle = new SafeSocketHandle((nint)fd, ownsHandle: true);
        try
        {
            if (is6)
            {
                var only = 1;
                Check(RawSyscall.Invoke(Nr.setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, (nint)(&only), sizeof(int)), "setsockopt", "IPV6_V6ONLY");
            }

            // struct sockaddr_in: family, port, address; sockaddr_in6: family, port, flow, address, scope.
            var at = stackalloc byte[28];
            var bytes = new Span<byte>(at, 28);
            bytes.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(is6 ? AF_INET6 : AF_INET));
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
            address.TryWriteBytes(bytes[(is6 ? 8 : 4)..], out _);
            Check(RawSyscall.Invoke(Nr.bind, fd, (nint)at, is6 ? 28 : 16), "bind", $"{address} port {port}");
            return new Socket(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Check(nint result, string call, string subject)
    {
        if (result < 0)
        {
            throw new LinuxException(call, (int)-result, subject);
        }
    }
}
