namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, HugeTLB.</summary>
internal sealed class HugetlbController : Controller
{
    public override string Name => "hugetlb";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.HugePages is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        foreach (var (size, bytes) in limits.HugePages!)
        {
            SetHugePages(directory, $"hugetlb.{size}.max", bytes);
            if (directory.Has($"hugetlb.{size}.rsvd.max"))
            {
                SetHugePages(directory, $"hugetlb.{size}.rsvd.max", bytes);
            }
        }
    }
}
