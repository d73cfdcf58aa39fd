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

        SetShare(directory, ("cpu.cfs_period_us", limits.CpuPeriod), ("cpu.cfs_quota_us", limits.CpuQuota <= 0 ? -1 : limits.CpuQuota));
        SetIfAsked(directory, "cpu.cfs_burst_us", limits.CpuBurst);
        SetIfAsked(directory, "cpu.idle", limits.CpuIdle);
        SetShare(directory, ("cpu.rt_period_us", limits.CpuRealtimePeriod), ("cpu.rt_runtime_us", limits.CpuRealtimeRuntime));
    }

    // A shorter period with the old time in it can be more than the cgroup above has, and is refused (EINVAL): then the time has to shrink first.
    private void SetShare(CgroupDirectory directory, (string File, long? Value) period, (string File, long? Value) time)
    {
        if (period.Value is { } asked && time.Value is not null && directory.TryWrite(period.File, Text(asked)) < 0)
        {
            SetIfAsked(directory, time.File, time.Value);
        }

        SetIfAsked(directory, period.File, period.Value);
        SetIfAsked(directory, time.File, time.Value);
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
