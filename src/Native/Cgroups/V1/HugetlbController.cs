namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/hugetlb.rst.</summary>
internal sealed class HugetlbController : Controller
{
    public override string Name => "hugetlb";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.HugePages is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        foreach (var (size, bytes) in limits.HugePages!)
        {
            SetHugePages(directory, $"hugetlb.{size}.limit_in_bytes", bytes);
            if (directory.Has($"hugetlb.{size}.rsvd.limit_in_bytes"))
            {
                SetHugePages(directory, $"hugetlb.{size}.rsvd.limit_in_bytes", bytes);
            }
        }
    }
}
