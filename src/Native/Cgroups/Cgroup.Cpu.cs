using System.Globalization;

namespace Devoxx.Native.Cgroups;

public sealed partial class Cgroup
{
    /// <summary>Microseconds of processor time per period, −1 without limit, and the period in microseconds; null where the cpu controller is not in use.</summary>
    public (long Quota, long Period)? CpuBandwidth
    {
        get
        {
            if (With("cpu") is not { } directory)
            {
                return null;
            }

            if (directory.TryRead("cpu.max") is { } text && text.Split(' ') is [var most, var every])
            {
                return (most == "max" ? -1 : long.Parse(most, CultureInfo.InvariantCulture), long.Parse(every, CultureInfo.InvariantCulture));
            }

            return directory.TryReadNumber("cpu.cfs_quota_us") is { } quota && directory.TryReadNumber("cpu.cfs_period_us") is { } period ? (quota, period) : null;
        }
    }
}
