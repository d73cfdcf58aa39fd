namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/blkio-controller.rst.</summary>
internal sealed class BlkioController : Controller
{
    public override string Name => "blkio";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.BlkioWeight is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.BlkioWeight is { } weight)
        {
            // The CFQ scheduler's blkio.weight went with Linux 5.0; BFQ's is in its place.
            Set(directory, directory.Has("blkio.weight") ? "blkio.weight" : "blkio.bfq.weight", Text(weight));
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
}
