using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Devoxx.Native.Netlink.NetlinkMessage;

namespace Devoxx.Native.Netlink;

/// <summary>A route of one of the routing tables.</summary>
/// <param name="Destination">A default route: 0.0.0.0/0 or ::/0.</param>
/// <param name="Gateway">Null: reached directly.</param>
/// <param name="Type">1: unicast; 2: local; … (rtnetlink(7)).</param>
public sealed record RouteInfo(IPNetwork Destination, IPAddress? Gateway, int Interface, uint Table, byte Type);

/// <summary>Routes, by rtnetlink(7).</summary>
public static class Routes
{
    /// <summary>The table of ordinary routes.</summary>
    public const uint Main = 254;

    private const ushort RTM_NEWROUTE = 24, RTM_GETROUTE = 26, RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_TABLE = 15;
    private const byte RTPROT_STATIC = 4, RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RTN_UNICAST = 1;

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RouteMessage
    {
        public byte Family, DestinationLength, SourceLength, Tos, Table, Protocol, Scope, Type;
        public uint Flags;
    }

    /// <summary>The default route of the gateway's family; another default route gives way to it.</summary>
    /// <param name="gateway">Null: everything is reached directly, as ipvlan's l3 mode has it.</param>
    public static void SetDefault(NetlinkSocket socket, AddressFamily family, IPAddress? gateway, int index)
    {
        var message = new NetlinkMessage(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE)
            .Structure(new RouteMessage
            {
                Family = (byte)(family == AddressFamily.InterNetworkV6 ? 10 : 2),
                Table = (byte)Main,
                Protocol = RTPROT_STATIC,
                Scope = gateway is null ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
                Type = RTN_UNICAST,
            })
            .Attribute(RTA_OIF, (uint)index);
        if (gateway is not null)
        {
            message.Attribute(RTA_GATEWAY, gateway);
        }

        socket.Request(message, nameof(RTM_NEWROUTE), $"default via {gateway?.ToString() ?? "interface " + index}");
    }

    /// <summary>All routes of a family, of every table.</summary>
    public static ImmutableArray<RouteInfo> All(NetlinkSocket socket, AddressFamily family)
    {
        var routes = ImmutableArray.CreateBuilder<RouteInfo>();
        var is6 = family == AddressFamily.InterNetworkV6;
        socket.Dump(
            new NetlinkMessage(RTM_GETROUTE, NLM_F_DUMP).Structure(new RouteMessage { Family = (byte)(is6 ? 10 : 2) }), nameof(RTM_GETROUTE), "all routes",
            (_, payload) =>
            {
                var header = MemoryMarshal.Read<RouteMessage>(payload);
                var destination = is6 ? IPAddress.IPv6Any : IPAddress.Any;
                IPAddress? gateway = null;
                var (index, table) = (0, (uint)header.Table);
                for (var a = new NetlinkAttributes(payload[12..]); a.Next();)
                {
                    switch ((ushort)a.Type)
                    {
                        case RTA_DST: destination = new IPAddress(a.Value); break;
                        case RTA_GATEWAY: gateway = new IPAddress(a.Value); break;
                        case RTA_OIF: index = (int)a.UInt32; break;
                        case RTA_TABLE: table = a.UInt32; break;
                    }
                }

                routes.Add(new RouteInfo(new IPNetwork(destination, header.DestinationLength), gateway, index, table, header.Type));
            });
        return routes.ToImmutable();
    }
}
