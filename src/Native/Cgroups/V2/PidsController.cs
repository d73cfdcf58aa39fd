namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, PID.</summary>
internal sealed class PidsController : Controller
{
    public override string Name => "pids";

    public override bool Concerns(CgroupLimits limits) => limits.PidsMax is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.PidsMax is { } most)
        {
            Set(directory, "pids.max", most <= 0 ? "max" : Text(most));
        }
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats) => stats with
    {
        PidsCurrent = directory.TryReadNumber("pids.current"),
        PidsPeak = directory.TryReadNumber("pids.peak"), // since Linux 6.1
        PidsLimitHits = CgroupDirectory.Keyed(directory.TryRead("pids.events"), "max"),
    };
}
