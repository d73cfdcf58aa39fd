namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, IO.</summary>
internal sealed class IoController : Controller
{
    public override string Name => "io";

    public override bool Always => false;

    public override bool Concerns(CgroupLimits limits) => limits.BlkioWeight is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.BlkioWeight is not { } weight)
        {
            return;
        }

        if (directory.Has("io.bfq.weight"))
        {
            var text = Text(weight); // BFQ kept the old scale, 1 to 1000
            Set(directory, "io.bfq.weight", text, got => got == text || got.StartsWith($"default {text}", StringComparison.Ordinal));
        }
        else
        {
            var text = Text(1 + ((weight - 10L) * 9999 / 990)); // 10..1000 to 1..10000
            Set(directory, "io.weight", text, got => got.StartsWith($"default {text}", StringComparison.Ordinal) || got == text);
        }
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
