using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Devoxx.Native.Netlink.NetlinkMessage;

namespace Devoxx.Native.Netlink;

/// <summary>An address of an interface.</summary>
public sealed record InterfaceAddress(int Index, IPAddress Address, int PrefixLength)
{
    /// <summary>Given by hand, not for a time by whoever is asked around (IFA_F_PERMANENT).</summary>
    public bool IsPermanent { get; init; }

    /// <summary>Good beyond this link and this host (RT_SCOPE_UNIVERSE).</summary>
    public bool IsGlobal { get; init; }
}

/// <summary>Addresses of interfaces, by rtnetlink(7).</summary>
public static class Addresses
{
    private const ushort RTM_NEWADDR = 20, RTM_GETADDR = 22, IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8;
    private const uint IFA_F_NODAD = 2;
    private const byte IFA_F_PERMANENT = 0x80;
    private const byte RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253;

    /// <summary>struct ifaddrmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AddressMessage
    {
        public byte Family, PrefixLength, Flags, Scope;
        public int Index;
    }

    /// <summary>
    /// Gives an interface an address; one that it has already stays. An IPv6 address serves at once: it is not asked around
    /// first whether somebody else has it (IFA_F_NODAD), because who has which address here is known.
    /// </summary>
    /// <param name="isGlobal">Also where its number says that it is good on this link only.</param>
    public static void Add(NetlinkSocket socket, int index, IPAddress address, int prefixLength, bool isGlobal = false)
    {
        var is6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var linkLocal = !isGlobal && (is6 ? address.IsIPv6LinkLocal : address.GetAddressBytes() is [169, 254, ..]);
        var message = new NetlinkMessage(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE)
            .Structure(new AddressMessage
            {
                Family = Family(address), PrefixLength = (byte)prefixLength, Scope = linkLocal ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE, Index = index,
            })
            .Attribute(IFA_LOCAL, address)
            .Attribute(IFA_ADDRESS, address);
        if (is6)
        {
            message.Attribute(IFA_FLAGS, IFA_F_NODAD);
        }
        else if (prefixLength < 31)
        {
            message.Attribute(IFA_BROADCAST, Broadcast(address, prefixLength));
        }

        socket.Request(message, nameof(RTM_NEWADDR), $"{address}/{prefixLength} on interface {index}");
    }

    /// <summary>All addresses of all interfaces.</summary>
    public static ImmutableArray<InterfaceAddress> All(NetlinkSocket socket)
    {
        var addresses = ImmutableArray.CreateBuilder<InterfaceAddress>();
        socket.Dump(new NetlinkMessage(RTM_GETADDR, NLM_F_DUMP).Structure(default(AddressMessage)), nameof(RTM_GETADDR), "all addresses", (_, payload) =>
        {
            var header = MemoryMarshal.Read<AddressMessage>(payload);
            IPAddress? local = null, remote = null;
            for (var a = new NetlinkAttributes(payload[8..]); a.Next();)
            {
                switch ((ushort)a.Type)
                {
                    case IFA_LOCAL: local = new IPAddress(a.Value); break;
                    case IFA_ADDRESS: remote = new IPAddress(a.Value); break;
                }
            }

            if ((local ?? remote) is { } address)
            {
                addresses.Add(new InterfaceAddress(header.Index, address, header.PrefixLength)
                {
                    IsPermanent = (header.Flags & IFA_F_PERMANENT) != 0, IsGlobal = header.Scope == RT_SCOPE_UNIVERSE,
                });
            }
        });
        return addresses.ToImmutable();
    }

    internal static byte Family(IPAddress address) => (byte)(address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2);

    private static IPAddress Broadcast(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
