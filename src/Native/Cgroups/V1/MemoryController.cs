namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/memory.rst.</summary>
internal sealed class MemoryController : Controller
{
    private const string Limit = "memory.limit_in_bytes";
    private const string WithSwap = "memory.memsw.limit_in_bytes";

    public override string Name => "memory";

    public override bool Concerns(CgroupLimits limits) =>
        limits.MemoryMax is not null || limits.MemoryReservation is not null || limits.MemorySwapMax is not null
        || limits.MemorySwappiness is not null || limits.OomKillDisable is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        ApplyMaximum(directory, limits.MemoryMax, limits.MemorySwapMax);
        if (limits.MemoryReservation is { } reservation)
        {
            SetBytes(directory, "memory.soft_limit_in_bytes", reservation);
        }

        if (limits.MemorySwappiness is { } swappiness)
        {
            Set(directory, "memory.swappiness", Text(swappiness));
        }

        if (limits.OomKillDisable is { } disable)
        {
            Set(directory, "memory.oom_control", disable ? "1" : "0",
                got => CgroupDirectory.Keyed(got, "oom_kill_disable") == (disable ? 1 : 0));
        }
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats)
    {
        var limit = directory.TryReadNumber(Limit);
        return stats with
        {
            MemoryCurrent = directory.TryReadNumber("memory.usage_in_bytes"),
            MemoryPeak = directory.TryReadNumber("memory.max_usage_in_bytes"),
            MemoryLimit = limit is { } bytes && PageRounding.IsUnlimited(bytes) ? null : limit,
            MemoryInactiveFile = CgroupDirectory.Keyed(directory.TryRead("memory.stat"), "total_inactive_file"),
            OomKills = CgroupDirectory.Keyed(directory.TryRead("memory.oom_control"), "oom_kill"),
        };
    }

    // Memory alone may never exceed memory with swap, so which of them goes first depends on whether they grow or shrink.
    private void ApplyMaximum(CgroupDirectory directory, long? memory, long? withSwap)
    {
        // Unlimited memory under a limit of memory with swap is what nobody can mean by this, and the kernel refuses it.
        withSwap ??= memory < 0 && directory.Has(WithSwap) ? memory : null;
        if (memory is { } first && withSwap is { } second)
        {
            var now = directory.TryReadNumber(WithSwap);
            if (now is { } current && (first < 0 || first > current))
            {
                SetBytes(directory, WithSwap, second);
                SetBytes(directory, Limit, first);
                return;
            }
        }

        if (memory is { } bytes)
        {
            SetBytes(directory, Limit, bytes);
        }

        if (withSwap is { } both)
        {
            SetBytes(directory, WithSwap, both);
        }
    }

    private void SetBytes(CgroupDirectory directory, string file, long bytes) =>
        Set(directory, file, Text(bytes), got => long.TryParse(got, out var now) && PageRounding.Covers(bytes, now));
}
