namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/scheduler/sched-bwc.rst and sched-design-CFS.rst.</summary>
internal sealed class CpuController : Controller
{
    public override string Name => "cpu";

    public override bool Concerns(CgroupLimits limits) =>
        limits.CpuQuota is not null || limits.CpuPeriod is not null || limits.CpuShares is not null || limits.CpuBurst is not null || limits.CpuIdle is not null
        || limits.CpuRealtimeRuntime is not null || limits.CpuRealtimePeriod is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares)
        {
            // The kernel clamps to 2..262144 without a word.
            Set(directory, "cpu.shares", Text(shares));
        }

        if (limits.CpuPeriod is { } period)
        {
            Set(directory, "cpu.cfs_period_us", Text(period));
        }

        if (limits.CpuQuota is { } quota)
        {
            Set(directory, "cpu.cfs_quota_us", Text(quota <= 0 ? -1 : quota));
        }

        SetIfAsked(directory, "cpu.cfs_burst_us", limits.CpuBurst);
        SetIfAsked(directory, "cpu.idle", limits.CpuIdle);
        SetIfAsked(directory, "cpu.rt_period_us", limits.CpuRealtimePeriod);
        SetIfAsked(directory, "cpu.rt_runtime_us", limits.CpuRealtimeRuntime);
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats)
    {
        var text = directory.TryRead("cpu.stat");
        return stats with
        {
            CpuThrottledPeriods = CgroupDirectory.Keyed(text, "nr_throttled"),
            CpuThrottledTime = CgroupDirectory.Keyed(text, "throttled_time") / 1000,
        };
    }
}
