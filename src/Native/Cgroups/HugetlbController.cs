namespace Devoxx.Native.Cgroups;

/// <summary>Documentation/admin-guide/cgroup-v1/hugetlb.rst and cgroup-v2.rst, HugeTLB: the files differ in their last word only.</summary>
/// <param name="limit">That word: <c>limit_in_bytes</c> or <c>max</c>.</param>
internal sealed class HugetlbController(string limit) : Controller
{
    public override string Name => "hugetlb";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.HugePages is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        foreach (var (size, bytes) in limits.HugePages!)
        {
            SetHugePages(directory, $"hugetlb.{size}.{limit}", bytes);
            if (directory.Has($"hugetlb.{size}.rsvd.{limit}"))
            {
                SetHugePages(directory, $"hugetlb.{size}.rsvd.{limit}", bytes);
            }
        }
    }
}
