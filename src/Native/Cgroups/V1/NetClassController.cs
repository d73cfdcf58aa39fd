namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/net_cls.rst.</summary>
internal sealed class NetClassController : Controller
{
    public override string Name => "net_cls";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.NetClassId is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits) => Set(directory, "net_cls.classid", Text(limits.NetClassId!.Value));
}
