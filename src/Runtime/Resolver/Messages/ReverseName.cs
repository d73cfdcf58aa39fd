using System.Globalization;

namespace Devoxx.Runtime.Resolver.Messages;

/// <summary>The address that a name of in-addr.arpa or ip6.arpa stands for (RFC 1035, 3.5; RFC 3596, 2.5).</summary>
internal static class ReverseName
{
    /// <param name="name">In lower case: <c>2.0.18.172.in-addr.arpa</c>.</param>
    /// <param name="address">Room for 16 bytes.</param>
    /// <returns>4 or 16; 0 when it is no whole address.</returns>
    public static int Read(ReadOnlySpan<char> name, Span<byte> address)
    {
        const string V4 = ".in-addr.arpa", V6 = ".ip6.arpa";
        return name.EndsWith(V4, StringComparison.Ordinal) ? Ipv4(name[..^V4.Length], address)
            : name.EndsWith(V6, StringComparison.Ordinal) ? Ipv6(name[..^V6.Length], address)
            : 0;
    }

    private static int Ipv4(ReadOnlySpan<char> labels, Span<byte> address)
    {
        var next = 3;
        foreach (var range in labels.Split('.'))
        {
            if (next < 0 || !byte.TryParse(labels[range], NumberStyles.None, CultureInfo.InvariantCulture, out address[next]))
            {
                return 0;
            }

            next--;
        }

        return next < 0 ? 4 : 0;
    }

    private static int Ipv6(ReadOnlySpan<char> labels, Span<byte> address)
    {
        const int Nibbles = 32;
        if (labels.Length != (Nibbles * 2) - 1)
        {
            return 0;
        }

        for (var i = 0; i < Nibbles; i++)
        {
            var digit = labels[i * 2];
            if (!char.IsAsciiHexDigit(digit) || (i > 0 && labels[(i * 2) - 1] != '.'))
            {
                return 0;
            }

            var value = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
            ref var octet = ref address[15 - (i / 2)];
            octet = (byte)(i % 2 == 0 ? value : octet | (value << 4));
        }

        return 16;
    }
}
