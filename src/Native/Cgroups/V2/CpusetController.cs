namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, Cpuset.</summary>
internal sealed class CpusetController : Controller
{
    public override string Name => "cpuset";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.CpusetCpus is not null || limits.CpusetMems is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.CpusetCpus is { } cpus)
        {
            SetList(directory, "cpuset.cpus", cpus);
        }

        if (limits.CpusetMems is { } mems)
        {
            SetList(directory, "cpuset.mems", mems);
        }
    }

    // Version 2 keeps a list of numbers that the host does not have; what is in force stands in the .effective file.
    private void SetList(CgroupDirectory directory, string file, string list)
    {
        Set(directory, file, list, got => SameList(got, list));
        if (directory.TryRead(file + ".effective") is { } effective && !SameList(effective, list))
        {
            throw new CgroupLimitException(file, Name, list, effective);
        }
    }
}
