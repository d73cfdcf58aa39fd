namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/cpusets.rst.</summary>
internal sealed class CpusetController : Controller
{
    public override string Name => "cpuset";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.CpusetCpus is not null || limits.CpusetMems is not null;

    /// <summary>A new cpuset is empty and takes no process (write: ENOSPC) until it has processors and memory nodes: its parent's.</summary>
    public override void Prepare(CgroupDirectory parent, CgroupDirectory directory)
    {
        foreach (var file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            if (string.IsNullOrEmpty(directory.TryRead(file)) && parent.TryRead(file) is { Length: > 0 } inherited)
            {
                directory.Write(file, inherited);
            }
        }
    }

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.CpusetCpus is { } cpus)
        {
            Set(directory, "cpuset.cpus", cpus, got => SameList(got, cpus));
        }

        if (limits.CpusetMems is { } mems)
        {
            Set(directory, "cpuset.mems", mems, got => SameList(got, mems));
        }
    }
}
