using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Devoxx.Native;
using Devoxx.Native.Namespaces;

namespace Devoxx.Scenarios.World;

/// <summary>The beginning of an association of SCTP (RFC 9260), sent and received as bare packets: the kernel need not speak it itself to pass it on.</summary>
public static class Sctp
{
    /// <summary>Whether an INIT that is sent to a port from one namespace arrives in another, within three seconds.</summary>
    public static bool Arrives(NetworkNamespace from, IPAddress to, int port, NetworkNamespace at)
    {
        var tag = (uint)Random.Shared.Next(1, int.MaxValue);
        using var receiver = at.Run(() => Open());
        from.Run(() =>
        {
            using var sender = Open();
            return sender.SendTo(Init(40_000, (ushort)port, tag), new IPEndPoint(to, 0));
        });
        var buffer = new byte[2048];
        try
        {
            while (receiver.Receive(buffer) is var length)
            {
                var header = (buffer[0] & 15) * 4;
                if (length >= header + 20 && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(header + 2)) == port && BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(header + 16)) == tag)
                {
                    return true;
                }
            }
        }
        catch (SocketException)
        {
            // Nothing more comes.
        }

        return false;
    }

    /// <summary>Of raw(7); Socket itself knows no such protocol.</summary>
    private static Socket Open()
    {
        const int AF_INET = 2, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000, IPPROTO_SCTP = 132;
        var fd = RawSyscall.Invoke(Nr.socket, AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_SCTP);
        return fd >= 0 ? new Socket(new SafeSocketHandle((nint)fd, ownsHandle: true)) { ReceiveTimeout = 3000 } : throw new LinuxException("socket", (int)-fd, null, "SOCK_RAW, IPPROTO_SCTP");
    }

    private static byte[] Init(ushort source, ushort destination, uint tag)
    {
        var packet = new byte[32];
        BinaryPrimitives.WriteUInt16BigEndian(packet, source);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), destination);
        packet[12] = 1;
        packet[15] = 20;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), tag);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), 65536);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), 1);
        var sum = uint.MaxValue;
        foreach (var one in packet)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), ~sum);
        return packet;
    }
}
