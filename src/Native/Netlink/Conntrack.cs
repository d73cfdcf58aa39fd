using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Devoxx.Native.Netlink.NetlinkMessage;

namespace Devoxx.Native.Netlink;

/// <summary>A flow that the kernel keeps track of, as its first packet was.</summary>
/// <param name="Source">Who began it.</param>
/// <param name="Destination">Whom it was sent to.</param>
/// <param name="Answering">Who answers: another than <paramref name="Destination"/> when that was translated.</param>
public sealed record Flow(IPEndPoint Source, IPEndPoint Destination, IPAddress Answering);

/// <summary>What the kernel remembers of flows, for translation and stateful rules, by ctnetlink (linux/netfilter/nfnetlink_conntrack.h).</summary>
public static class Conntrack
{
    private const ushort IPCTNL_MSG_CT_GET = 0x101, IPCTNL_MSG_CT_DELETE = 0x102;
    private const ushort CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2, CTA_ZONE = 18, CTA_FILTER = 25;
    private const ushort CTA_TUPLE_IP = 1, CTA_TUPLE_PROTO = 2, CTA_PROTO_NUM = 1, CTA_PROTO_SRC_PORT = 2, CTA_PROTO_DST_PORT = 3;
    private const ushort CTA_IP_V4_SRC = 1, CTA_IP_V4_DST = 2, CTA_IP_V6_SRC = 3, CTA_IP_V6_DST = 4;
    private const ushort CTA_FILTER_ORIG_FLAGS = 1, CTA_FILTER_REPLY_FLAGS = 2;

    /// <summary>Bits of CTA_FILTER_ORIG_FLAGS: compare the protocol, and the port it is sent to.</summary>
    private const uint ProtocolAndDestinationPort = (1 << 3) | (1 << 5);

    private const int ENOENT = 2;

    /// <summary>struct nfgenmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NetfilterMessage
    {
        public byte Family, Version;
        public ushort ResourceId;
    }

    /// <summary>
    /// Has the kernel forget flows: the next packet of each is looked at as if it were the first. The kernel itself picks those of the protocol and port
    /// (CTA_FILTER, Linux 5.8); an older one hands out all, and they are picked here.
    /// </summary>
    /// <param name="socket">Of <see cref="NetlinkSocket.OpenNetfilter"/>.</param>
    /// <param name="protocol">17: UDP.</param>
    /// <param name="port">That they were sent to.</param>
    /// <param name="where">Which of them.</param>
    /// <returns>How many.</returns>
    /// <exception cref="LinuxException">The kernel keeps no track, or refuses.</exception>
    public static int Forget(NetlinkSocket socket, AddressFamily family, byte protocol, int port, Func<Flow, bool> where)
    {
        var header = new NetfilterMessage { Family = (byte)(family == AddressFamily.InterNetworkV6 ? 10 : 2) };
        var stale = new List<(byte[] Tuple, byte[]? Zone)>();
        var network = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(network, (ushort)port);
        socket.Dump(
            new NetlinkMessage(IPCTNL_MSG_CT_GET, NLM_F_DUMP).Structure(header)
                .Nest(CTA_TUPLE_ORIG, tuple => tuple.Nest(CTA_TUPLE_PROTO, proto => proto.Attribute(CTA_PROTO_NUM, protocol).Attribute(CTA_PROTO_DST_PORT, network)))
                .Nest(CTA_FILTER, filter => filter.Attribute(CTA_FILTER_ORIG_FLAGS, ProtocolAndDestinationPort).Attribute(CTA_FILTER_REPLY_FLAGS, 0u)),
            nameof(IPCTNL_MSG_CT_GET), $"flows to port {port}",
            (_, payload) =>
            {
                byte[]? tuple = null, zone = null;
                (byte Protocol, IPEndPoint Source, IPEndPoint Destination)? first = null, answer = null;
                for (var a = new NetlinkAttributes(payload[4..]); a.Next();)
                {
                    switch ((ushort)a.Type)
                    {
                        case CTA_TUPLE_ORIG: (tuple, first) = (a.Value.ToArray(), Read(a.Value)); break;
                        case CTA_TUPLE_REPLY: answer = Read(a.Value); break;
                        case CTA_ZONE: zone = a.Value.ToArray(); break;
                    }
                }

                if (first is { } sent && answer is { } answered && sent.Protocol == protocol && sent.Destination.Port == port
                    && where(new Flow(sent.Source, sent.Destination, answered.Source.Address)))
                {
                    stale.Add((tuple!, zone));
                }
            });

        foreach (var (tuple, zone) in stale)
        {
            var delete = new NetlinkMessage(IPCTNL_MSG_CT_DELETE, NLM_F_ACK).Structure(header).Nested(CTA_TUPLE_ORIG, tuple);
            if (zone is not null)
            {
                delete.Attribute(CTA_ZONE, zone);
            }

            // It may have ended by itself meanwhile.
            if (socket.TryRequest(delete, nameof(IPCTNL_MSG_CT_DELETE), $"flow to port {port}") is { } error && error.Errno != ENOENT)
            {
                throw error;
            }
        }

        return stale.Count;
    }

    /// <summary>Null: of a protocol without ports.</summary>
    private static (byte Protocol, IPEndPoint Source, IPEndPoint Destination)? Read(ReadOnlySpan<byte> tuple)
    {
        IPAddress? source = null, destination = null;
        byte protocol = 0;
        int? from = null, to = null;
        for (var part = new NetlinkAttributes(tuple); part.Next();)
        {
            for (var a = new NetlinkAttributes(part.Value); a.Next();)
            {
                switch ((part.Type, (ushort)a.Type))
                {
                    case (CTA_TUPLE_IP, CTA_IP_V4_SRC or CTA_IP_V6_SRC): source = new IPAddress(a.Value); break;
                    case (CTA_TUPLE_IP, CTA_IP_V4_DST or CTA_IP_V6_DST): destination = new IPAddress(a.Value); break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_NUM): protocol = a.Value[0]; break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_SRC_PORT): from = BinaryPrimitives.ReadUInt16BigEndian(a.Value); break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT): to = BinaryPrimitives.ReadUInt16BigEndian(a.Value); break;
                }
            }
        }

        return source is not null && destination is not null && from is { } there && to is { } here
            ? (protocol, new IPEndPoint(source, there), new IPEndPoint(destination, here))
            : null;
    }
}
