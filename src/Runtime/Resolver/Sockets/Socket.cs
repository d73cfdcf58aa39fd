using System.Buffers.Binary;
using System.Net;
using Devoxx.Native;
using Devoxx.Runtime.Launch;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Resolver.Sockets;

/// <summary>The calls of ip(7), udp(7) and tcp(7) that a resolver needs, on descriptors by number: none blocks.</summary>
internal static unsafe class Socket
{
    /// <summary>Room for a struct sockaddr of either family.</summary>
    public const int AddressSize = 28;

    private const int AF_INET6 = 10, SYS_recvfrom = 45, SYS_setsockopt = 54, SYS_getsockopt = 55, SYS_accept4 = 288;

    /// <summary>A UDP or TCP socket of the namespace that the thread is in.</summary>
    /// <exception cref="LinuxException">ENFILE, EMFILE, ENOBUFS.</exception>
    public static int Open(bool isTcp, bool isIpv6 = false) =>
        (int)FileDescriptor.Check(
            RawSyscall.Invoke(Nr.socket, isIpv6 ? AF_INET6 : AF_INET, (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC), "socket");

    /// <summary>Binds; false when the port is taken.</summary>
    public static bool TryBind(int fd, IPAddress address, int port)
    {
        const int EADDRINUSE = 98;
        var at = stackalloc byte[AddressSize];
        var result = RawSyscall.Invoke(Nr.bind, fd, (nint)at, Write(at, address, port));
        return result != -EADDRINUSE && FileDescriptor.Check(result, "bind", $"{address}:{port}") == 0;
    }

    public static void Listen(int fd) => FileDescriptor.Check(RawSyscall.Invoke(Nr.listen, fd, 128), "listen");

    /// <summary>For a socket that listens: its port is free again while connections of it linger.</summary>
    public static void ReuseAddress(int fd)
    {
        const int SOL_SOCKET = 1, SO_REUSEADDR = 2;
        var one = 1;
        FileDescriptor.Check(RawSyscall.Invoke(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, (nint)(&one), sizeof(int)), "setsockopt", "SO_REUSEADDR");
    }

    /// <summary>0, or an error number negated; of TCP −EINPROGRESS, and <see cref="Error"/> tells what came of it.</summary>
    public static int Connect(int fd, IPAddress address, int port)
    {
        var at = stackalloc byte[AddressSize];
        return (int)RawSyscall.Invoke(Nr.connect, fd, (nint)at, Write(at, address, port));
    }

    /// <summary>The error that waits at a socket, positive; 0: none.</summary>
    public static int Error(int fd)
    {
        const int SOL_SOCKET = 1, SO_ERROR = 4;
        var (error, size) = (0, sizeof(int));
        RawSyscall.Invoke(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, (nint)(&error), (nint)(&size));
        return error;
    }

    /// <summary>A connection that waits, or an error number negated.</summary>
    public static int Accept(int fd) => (int)RawSyscall.Invoke(SYS_accept4, fd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);

    /// <summary>Bytes of a datagram or of a stream, or an error number negated.</summary>
    /// <param name="from">Takes the sender's address, and says its size; null: nobody asks.</param>
    public static int Receive(int fd, Span<byte> buffer, byte* from, ref int fromSize)
    {
        fixed (byte* p = buffer)
        fixed (int* size = &fromSize)
        {
            return (int)RawSyscall.Invoke(SYS_recvfrom, fd, (nint)p, buffer.Length, 0, (nint)from, from is null ? 0 : (nint)size);
        }
    }

    public static int Receive(int fd, Span<byte> buffer)
    {
        var none = 0;
        return Receive(fd, buffer, null, ref none);
    }

    /// <summary>Bytes sent, or an error number negated.</summary>
    /// <param name="to">Null: where the socket is connected to.</param>
    public static int Send(int fd, ReadOnlySpan<byte> bytes, byte* to, int toSize)
    {
        const int MSG_NOSIGNAL = 0x4000;
        fixed (byte* p = bytes)
        {
            return (int)RawSyscall.Invoke(Nr.sendto, fd, (nint)p, bytes.Length, MSG_NOSIGNAL, (nint)to, toSize);
        }
    }

    public static int Send(int fd, ReadOnlySpan<byte> bytes) => Send(fd, bytes, null, 0);

    /// <summary>struct sockaddr_in: family, port, address; sockaddr_in6: family, port, flow, address, scope. Returns its size.</summary>
    private static int Write(byte* at, IPAddress address, int port)
    {
        var bytes = new Span<byte>(at, AddressSize);
        bytes.Clear();
        var isIpv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(isIpv6 ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        address.TryWriteBytes(bytes[(isIpv6 ? 8 : 4)..], out _);
        if (isIpv6)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)address.ScopeId);
        }

        return isIpv6 ? AddressSize : 16;
    }
}
