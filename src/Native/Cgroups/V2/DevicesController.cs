namespace Devoxx.Native.Cgroups.V2;

/// <summary>
/// Version 2 has no files for devices: a BPF program (BPF_PROG_TYPE_CGROUP_DEVICE) decides. Until one is generated here, rules that
/// deny anything are refused by name rather than dropped.
/// </summary>
internal sealed class DevicesController : Controller
{
    public override string Name => "devices";

    public override bool Concerns(CgroupLimits limits) => limits.Devices is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.Devices is { Length: > 0 } rules && rules[^1] is not { Type: 'a', Allow: true })
        {
            throw Unsupported("devices", string.Join("; ", rules.Select(rule => (rule.Allow ? "allow " : "deny ") + rule)),
                "device rules on cgroup version 2 are not implemented yet");
        }
    }
}
