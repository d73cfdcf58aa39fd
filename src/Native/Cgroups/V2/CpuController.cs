namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, CPU.</summary>
internal sealed class CpuController : Controller
{
    private const long DefaultPeriod = 100_000;

    public override string Name => "cpu";

    public override bool Concerns(CgroupLimits limits) =>
        limits.CpuQuota is not null || limits.CpuPeriod is not null || limits.CpuShares is not null || limits.CpuBurst is not null || limits.CpuIdle is not null
        || limits.CpuRealtimeRuntime is not null || limits.CpuRealtimePeriod is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares and > 0)
        {
            Set(directory, "cpu.weight", Text(V2Weight.OfShares(shares)));
        }

        if (limits.CpuQuota is not null || limits.CpuPeriod is not null)
        {
            var quota = limits.CpuQuota is { } asked and > 0 ? Text(asked) : "max";
            Set(directory, "cpu.max", $"{quota} {limits.CpuPeriod ?? DefaultPeriod}");
        }

        SetIfAsked(directory, "cpu.max.burst", limits.CpuBurst);
        SetIfAsked(directory, "cpu.idle", limits.CpuIdle);
        if ((limits.CpuRealtimeRuntime ?? limits.CpuRealtimePeriod) is { } realtime)
        {
            throw Unsupported("cpu.rt_runtime_us", Text(realtime), "cgroup version 2 cannot share out real-time scheduling");
        }
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats)
    {
        var text = directory.TryRead("cpu.stat");
        return stats with
        {
            CpuUsage = CgroupDirectory.Keyed(text, "usage_usec"),
            CpuThrottledPeriods = CgroupDirectory.Keyed(text, "nr_throttled"),
            CpuThrottledTime = CgroupDirectory.Keyed(text, "throttled_usec"),
        };
    }
}
