namespace Devoxx.Native.Cgroups;

/// <summary>The kernel keeps memory limits in pages: what it reads back is the asked, rounded down.</summary>
internal static class PageRounding
{
    // Unlimited on version 1 is the greatest number of whole pages that a signed 64-bit number holds.
    private const long V1Unlimited = long.MaxValue & ~0xFFFF;

    public static bool Covers(long asked, long got) =>
        asked < 0 ? got >= V1Unlimited : got == asked / Environment.SystemPageSize * Environment.SystemPageSize || (asked >= V1Unlimited && got >= V1Unlimited);

    public static bool IsUnlimited(long got) => got >= V1Unlimited;
}
