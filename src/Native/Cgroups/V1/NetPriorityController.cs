namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/net_prio.rst.</summary>
internal sealed class NetPriorityController : Controller
{
    public override string Name => "net_prio";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.NetPriorities is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        foreach (var (name, priority) in limits.NetPriorities!)
        {
            var text = $"{name} {Text(priority)}";
            Set(directory, "net_prio.ifpriomap", text, got => got.Split('\n').Any(line => line.Trim() == text));
        }
    }
}
