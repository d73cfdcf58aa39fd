namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, IO.</summary>
internal sealed class IoController : Controller
{
    public override string Name => "io";

    public override bool Always => false;

    /// <summary>It tells what a container reads and writes.</summary>
    public override bool IsHandedDown => true;

    public override bool Concerns(CgroupLimits limits) => limits.BlkioWeight is not null || limits.BlkioDevices is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.BlkioWeight is { } weight)
        {
            SetWeight(directory, "default", weight);
        }

        foreach (var device in limits.BlkioDevices ?? [])
        {
            if (device.Kind == BlockDeviceLimitKind.Weight)
            {
                SetWeight(directory, device.Device, (long)device.Value);
            }
            else
            {
                SetMaximum(directory, device);
            }
        }
    }

    private void SetWeight(CgroupDirectory directory, string whose, long weight)
    {
        // BFQ kept the old scale, 1 to 1000; else 10..1000 becomes 1..10000.
        var bfq = directory.Has("io.bfq.weight");
        var text = Text(bfq ? weight : V2Weight.OfBlkio(weight));
        var isDefault = whose == "default";
        Set(directory, bfq ? "io.bfq.weight" : "io.weight", isDefault ? text : $"{whose} {text}",
            got => (isDefault && got == text) || got.Split('\n').Any(line => line.Trim() == $"{whose} {text}"));
    }

    private void SetMaximum(CgroupDirectory directory, BlockDeviceLimit limit)
    {
        var key = limit.Kind switch
        {
            BlockDeviceLimitKind.ReadBytes => "rbps",
            BlockDeviceLimitKind.WriteBytes => "wbps",
            BlockDeviceLimitKind.ReadOperations => "riops",
            _ => "wiops",
        };
        var value = limit.Value == 0 ? "max" : limit.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var word = $"{key}={value}";
        Set(directory, "io.max", $"{limit.Device} {word}", got =>
            got.Split('\n').FirstOrDefault(line => line.StartsWith(limit.Device + " ", StringComparison.Ordinal)) is { } line ? line.Split(' ').Contains(word) : value == "max");
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats)
    {
        long read = 0, written = 0;
        foreach (var word in (directory.TryRead("io.stat") ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            read += word.StartsWith("rbytes=", StringComparison.Ordinal) ? long.Parse(word.AsSpan(7)) : 0;
            written += word.StartsWith("wbytes=", StringComparison.Ordinal) ? long.Parse(word.AsSpan(7)) : 0;
        }

        return stats with { IoRead = read, IoWritten = written };
    }
}
