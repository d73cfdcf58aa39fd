namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/cpuacct.rst: it limits nothing, it counts.</summary>
internal sealed class CpuacctController : Controller
{
    public override string Name => "cpuacct";

    public override bool Concerns(CgroupLimits limits) => false;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats) =>
        stats with { CpuUsage = directory.TryReadNumber("cpuacct.usage") / 1000 };
}
