using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Devoxx.Supervisor.Networks;

/// <summary>Addresses as numbers. Pure.</summary>
internal static class AddressMath
{
    public static UInt128 ToNumber(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static IPAddress ToAddress(UInt128 number, bool ipv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(ipv6 ? bytes : bytes[12..]);
    }

    public static bool IsIpv6(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    public static UInt128 First(IPNetwork network) => ToNumber(network.BaseAddress);

    public static UInt128 Last(IPNetwork network)
    {
        var hostBits = (network.BaseAddress.IsIpv6() ? 128 : 32) - network.PrefixLength;
        return First(network) + (hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1);
    }

    public static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily && First(one) <= Last(other) && First(other) <= Last(one);

    /// <summary>As people write it: host bits are cut off.</summary>
    /// <exception cref="FormatException">Not in CIDR form.</exception>
    public static IPNetwork ParseNetwork(string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var address) || !int.TryParse(text.AsSpan(slash + 1), out var length)
            || length < 0 || length > (address.IsIpv6() ? 128 : 32))
        {
            throw new FormatException($"{text} is not a subnet; say e.g. 172.28.0.0/16 or fd00:1::/64");
        }

        var bits = (address.IsIpv6() ? 128 : 32) - length;
        var number = bits == 128 ? UInt128.Zero : (ToNumber(address) >> bits) << bits;
        return new IPNetwork(ToAddress(number, address.IsIpv6()), length);
    }
}
