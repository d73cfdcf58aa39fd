namespace Devoxx.Native.Cgroups;

/// <summary>Weights on version 2's scale, 1 to 10000, of what the specification says on version 1's. Pure.</summary>
public static class V2Weight
{
    /// <summary>
    /// 2..262144 to 1..10000 so that both ends and both defaults (1024 and 100) meet: the curve that runc and crun took
    /// instead of a straight line, github.com/opencontainers/cgroups ConvertCPUSharesToCgroupV2Value.
    /// </summary>
    public static long OfShares(long shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262144)
        {
            return 10000;
        }

        var log = Math.Log2(shares);
        return (long)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
    }

    /// <summary>10..1000 of block devices to 1..10000.</summary>
    public static long OfBlkio(long weight) => 1 + ((weight - 10L) * 9999 / 990);
}
