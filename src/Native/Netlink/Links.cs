using System.Collections.Immutable;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using static Devoxx.Native.Netlink.NetlinkMessage;

namespace Devoxx.Native.Netlink;

/// <summary>One end of a pair of virtual interfaces.</summary>
/// <param name="Mac">Null: the kernel gives one.</param>
/// <param name="Namespace">Where it is to be; null: with the caller.</param>
/// <param name="Master">Index of the bridge that it is to be a port of; 0: none.</param>
public sealed record LinkEnd(string Name, PhysicalAddress? Mac = null, SafeHandle? Namespace = null, int Master = 0);

/// <summary>Network interfaces, by rtnetlink(7).</summary>
public static class Links
{
    internal const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_SETLINK = 19;

    private const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_PROTINFO = 12, IFLA_LINKINFO = 18, IFLA_GROUP = 27, IFLA_NET_NS_FD = 28;
    private const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, VETH_INFO_PEER = 1, IFLA_MACVLAN_MODE = 1, IFLA_IPVLAN_MODE = 1, IFLA_BRPORT_MODE = 4, IFLA_BRPORT_ISOLATED = 33;
    private const uint IFF_UP = 1;
    private const byte AF_BRIDGE = 7;
    private const int ENODEV = 19;

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InterfaceMessage
    {
        public byte Family, Padding;
        public ushort Type;
        public int Index;
        public uint Flags, Change;

        public static InterfaceMessage Up { get; } = new() { Flags = IFF_UP, Change = IFF_UP };
    }

    /// <param name="mtu">Null: the kernel's default, 1500.</param>
    /// <param name="group">See <see cref="LinkInfo.Group"/>.</param>
    public static void AddBridge(NetlinkSocket socket, string name, PhysicalAddress mac, int? mtu, uint group) => socket.Request(
        New(name, mac, mtu, group).Nest(IFLA_LINKINFO, m => m.Attribute(IFLA_INFO_KIND, "bridge")), nameof(RTM_NEWLINK), $"bridge {name}");

    /// <summary>
    /// A pair of interfaces in one call (veth(4)): what goes in at one end comes out at the other. The far end is not up yet: the kernel refuses that
    /// (ENOTCONN) as long as the two do not know each other.
    /// </summary>
    public static void AddVeth(NetlinkSocket socket, LinkEnd here, LinkEnd there, int? mtu, uint group) => socket.Request(
        Placed(New(here.Name, here.Mac, mtu, group), here).Nest(IFLA_LINKINFO, info => info
            .Attribute(IFLA_INFO_KIND, "veth")
            .Nest(IFLA_INFO_DATA, data => data.Nest(VETH_INFO_PEER, peer => Placed(Described(peer.Structure(default(InterfaceMessage)), there.Name, there.Mac, mtu), there)))),
        nameof(RTM_NEWLINK), $"veth {here.Name} with {there.Name}");

    /// <param name="parent">Index of the interface below.</param>
    /// <param name="mode">1 private, 2 vepa, 4 bridge, 8 passthru (linux/if_link.h).</param>
    public static void AddMacvlan(NetlinkSocket socket, LinkEnd end, int parent, uint mode, int? mtu) => socket.Request(
        Placed(New(end.Name, end.Mac, mtu, 0), end).Attribute(IFLA_LINK, (uint)parent).Nest(IFLA_LINKINFO, info => info
            .Attribute(IFLA_INFO_KIND, "macvlan")
            .Nest(IFLA_INFO_DATA, data => data.Attribute(IFLA_MACVLAN_MODE, mode))),
        nameof(RTM_NEWLINK), $"macvlan {end.Name}");

    /// <param name="parent">Index of the interface below.</param>
    /// <param name="mode">0 l2, 1 l3, 2 l3s (linux/if_link.h).</param>
    public static void AddIpvlan(NetlinkSocket socket, LinkEnd end, int parent, ushort mode, int? mtu) => socket.Request(
        Placed(New(end.Name, null, mtu, 0), end).Attribute(IFLA_LINK, (uint)parent).Nest(IFLA_LINKINFO, info => info
            .Attribute(IFLA_INFO_KIND, "ipvlan")
            .Nest(IFLA_INFO_DATA, data => data.Attribute(IFLA_IPVLAN_MODE, mode))),
        nameof(RTM_NEWLINK), $"ipvlan {end.Name}");

    /// <summary>Deletes an interface, of a pair both ends; false when there is none of that name.</summary>
    public static bool Delete(NetlinkSocket socket, string name)
    {
        var error = socket.TryRequest(
            new NetlinkMessage(RTM_DELLINK, NLM_F_ACK).Structure(default(InterfaceMessage)).Attribute(IFLA_IFNAME, name), nameof(RTM_DELLINK), name);
        return error is null ? true : error.Errno == ENODEV ? false : throw error;
    }

    public static void SetUp(NetlinkSocket socket, int index) => socket.Request(
        new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK).Structure(InterfaceMessage.Up with { Index = index }), nameof(RTM_NEWLINK), $"interface {index}");

    public static void SetDown(NetlinkSocket socket, int index) => socket.Request(
        new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK).Structure(InterfaceMessage.Up with { Index = index, Flags = 0 }), nameof(RTM_NEWLINK), $"interface {index} down");

    /// <summary>Puts an interface into another network namespace and renames it, in one: at no moment could its old name be in the way there.</summary>
    public static void Move(NetlinkSocket socket, int index, string name, SafeHandle target) => socket.Request(
        new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK).Structure(new InterfaceMessage { Index = index }).Attribute(IFLA_IFNAME, name)
            .Attribute(IFLA_NET_NS_FD, (uint)(int)target.DangerousGetHandle()),
        nameof(RTM_NEWLINK), $"interface {index} to another namespace as {name}");

    /// <summary>Gives an interface another bridge.</summary>
    public static void SetMaster(NetlinkSocket socket, int index, int master) => socket.Request(
        new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK).Structure(new InterfaceMessage { Index = index }).Attribute(IFLA_MASTER, (uint)master),
        nameof(RTM_NEWLINK), $"interface {index} as a port of {master}");

    /// <summary>Flags of a bridge's port.</summary>
    /// <param name="isolated">No frame goes from it to another isolated port.</param>
    /// <param name="hairpin">A frame may leave where it came in.</param>
    public static void SetPort(NetlinkSocket socket, int index, bool isolated, bool hairpin) => socket.Request(
        new NetlinkMessage(RTM_SETLINK, NLM_F_ACK).Structure(new InterfaceMessage { Family = AF_BRIDGE, Index = index }).Nest(IFLA_PROTINFO, port => port
            .Attribute(IFLA_BRPORT_ISOLATED, (byte)(isolated ? 1 : 0))
            .Attribute(IFLA_BRPORT_MODE, (byte)(hairpin ? 1 : 0))),
        nameof(RTM_SETLINK), $"bridge port {index}");

    /// <summary>Null when there is no interface of that name.</summary>
    public static LinkInfo? Find(NetlinkSocket socket, string name)
    {
        LinkInfo? found = null;
        try
        {
            socket.Dump(
                new NetlinkMessage(RTM_GETLINK, 0).Structure(default(InterfaceMessage)).Attribute(IFLA_IFNAME, name), nameof(RTM_GETLINK), name,
                (_, payload) => found = Read(payload));
        }
        catch (LinuxException e) when (e.Errno == ENODEV)
        {
            return null;
        }

        return found;
    }

    public static ImmutableArray<LinkInfo> All(NetlinkSocket socket)
    {
        var links = ImmutableArray.CreateBuilder<LinkInfo>();
        socket.Dump(
            new NetlinkMessage(RTM_GETLINK, NLM_F_DUMP).Structure(default(InterfaceMessage)), nameof(RTM_GETLINK), "all interfaces",
            (_, payload) => links.Add(Read(payload)));
        return links.ToImmutable();
    }

    /// <summary>Reads what follows the header of RTM_NEWLINK.</summary>
    internal static LinkInfo Read(ReadOnlySpan<byte> payload)
    {
        var header = MemoryMarshal.Read<InterfaceMessage>(payload);
        var (name, kind, mac) = ("", (string?)null, PhysicalAddress.None);
        var (master, parent, mtu, group) = (0, 0, 0, 0u);
        for (var a = new NetlinkAttributes(payload[16..]); a.Next();)
        {
            switch ((ushort)a.Type)
            {
                case IFLA_IFNAME: name = a.Text; break;
                case IFLA_ADDRESS: mac = new PhysicalAddress(a.Value.ToArray()); break;
                case IFLA_MTU: mtu = (int)a.UInt32; break;
                case IFLA_MASTER: master = (int)a.UInt32; break;
                case IFLA_LINK: parent = (int)a.UInt32; break;
                case IFLA_GROUP: group = a.UInt32; break;
                case IFLA_LINKINFO:
                    for (var info = new NetlinkAttributes(a.Value); info.Next();)
                    {
                        kind = info.Type == IFLA_INFO_KIND ? info.Text : kind;
                    }

                    break;
            }
        }

        return new LinkInfo(header.Index, name, kind, master, parent, mac, mtu, (header.Flags & IFF_UP) != 0, group);
    }

    private static NetlinkMessage New(string name, PhysicalAddress? mac, int? mtu, uint group)
    {
        var message = Described(new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL).Structure(InterfaceMessage.Up), name, mac, mtu);
        return group == 0 ? message : message.Attribute(IFLA_GROUP, group);
    }

    private static NetlinkMessage Described(NetlinkMessage message, string name, PhysicalAddress? mac, int? mtu)
    {
        message.Attribute(IFLA_IFNAME, name);
        if (mac is not null)
        {
            message.Attribute(IFLA_ADDRESS, mac.GetAddressBytes());
        }

        return mtu is { } bytes ? message.Attribute(IFLA_MTU, (uint)bytes) : message;
    }

    private static NetlinkMessage Placed(NetlinkMessage message, LinkEnd end)
    {
        if (end.Namespace is { } there)
        {
            message.Attribute(IFLA_NET_NS_FD, (uint)(int)there.DangerousGetHandle());
        }

        return end.Master == 0 ? message : message.Attribute(IFLA_MASTER, (uint)end.Master);
    }
}
