namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/blkio-controller.rst.</summary>
internal sealed class BlkioController : Controller
{
    public override string Name => "blkio";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.BlkioWeight is not null || limits.BlkioDevices is { IsEmpty: false };

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.BlkioWeight is { } weight)
        {
            // The CFQ scheduler's blkio.weight went with Linux 5.0; BFQ's is in its place.
            Set(directory, directory.Has("blkio.weight") ? "blkio.weight" : "blkio.bfq.weight", Text(weight));
        }

        foreach (var device in limits.BlkioDevices ?? [])
        {
            var text = $"{device.Device} {device.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
            Set(directory, FileOf(directory, device.Kind), text, got => device.Value == 0
                ? !got.Contains(device.Device + " ", StringComparison.Ordinal)
                : got.Split('\n').Any(line => line.Trim() == text));
        }
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats)
    {
        long read = 0, written = 0;
        foreach (var line in (directory.TryRead("blkio.throttle.io_service_bytes_recursive") ?? "").Split('\n'))
        {
            var words = line.Split(' '); // 254:0 Read 4096
            if (words.Length == 3 && long.TryParse(words[2], out var bytes))
            {
                read += words[1] == "Read" ? bytes : 0;
                written += words[1] == "Write" ? bytes : 0;
            }
        }

        return stats with { IoRead = read, IoWritten = written };
    }

    private static string FileOf(CgroupDirectory directory, BlockDeviceLimitKind kind) => kind switch
    {
        BlockDeviceLimitKind.ReadBytes => "blkio.throttle.read_bps_device",
        BlockDeviceLimitKind.WriteBytes => "blkio.throttle.write_bps_device",
        BlockDeviceLimitKind.ReadOperations => "blkio.throttle.read_iops_device",
        BlockDeviceLimitKind.WriteOperations => "blkio.throttle.write_iops_device",
        _ => directory.Has("blkio.weight_device") ? "blkio.weight_device" : "blkio.bfq.weight_device",
    };
}
