using System.Globalization;

namespace Devoxx.Native.Cgroups;

/// <summary>Documentation/admin-guide/cgroup-v1/rdma.rst and cgroup-v2.rst, RDMA: the same files in both versions.</summary>
internal sealed class RdmaController : Controller
{
    public override string Name => "rdma";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.Rdma is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        foreach (var (device, limit) in limits.Rdma!)
        {
            var text = $"{device} hca_handle={Number(limit.Handles)} hca_object={Number(limit.Objects)}";
            Set(directory, "rdma.max", text, got => got.Split('\n').Any(line => line.Trim() == text));
        }
    }

    private static string Number(uint? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "max";
}
