namespace Devoxx.Runtime.Resolver.Messages;

/// <summary>Numbers of RFC 1035, 2308, 2782, 3596 and 6891.</summary>
internal static class Numbers
{
    public const int HeaderLength = 12, OptLength = 11;

    /// <summary>What a UDP answer may have when the asker names no size (RFC 1035, 4.2.1).</summary>
    public const int PlainUdpSize = 512;

    /// <summary>The most that is ever sent or taken by UDP: more than any answer here, and less than a loopback packet holds.</summary>
    public const int LargestUdpSize = 4096;

    public const int LargestMessage = 65535, LongestName = 255, LongestLabel = 63;

    public const ushort Response = 0x8000, Authoritative = 0x0400, Truncated = 0x0200, RecursionDesired = 0x0100, RecursionAvailable = 0x0080, CheckingDisabled = 0x0010;

    public const ushort OpcodeMask = 0x7800;

    public const ushort ClassIn = 1, ClassAny = 255;

    public const ushort A = 1, Soa = 6, Ptr = 12, Aaaa = 28, Srv = 33, Opt = 41, Any = 255;
}

/// <summary>RCODE; those above 15 need EDNS.</summary>
internal enum ResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
