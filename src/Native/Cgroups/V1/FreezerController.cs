namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst. Used where there is no unified hierarchy, whose cgroup.freeze is better.</summary>
internal sealed class FreezerController : Controller
{
    public override string Name => "freezer";

    public override bool Concerns(CgroupLimits limits) => false;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
    }
}
