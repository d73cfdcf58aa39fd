namespace Devoxx.Native.Cgroups.V2;

/// <summary>Documentation/admin-guide/cgroup-v2.rst, Memory.</summary>
internal sealed class MemoryController : Controller
{
    public override string Name => "memory";

    public override bool Concerns(CgroupLimits limits) =>
        limits.MemoryMax is not null || limits.MemoryReservation is not null || limits.MemorySwapMax is not null
        || limits.MemorySwappiness is not null || limits.OomKillDisable is true;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.MemorySwappiness is { } swappiness)
        {
            throw Unsupported("memory.swappiness", Text(swappiness), "cgroup version 2 has no swappiness of its own per cgroup");
        }

        if (limits.OomKillDisable is true)
        {
            throw Unsupported("memory.oom_control", "1", "cgroup version 2 cannot keep the OOM killer away");
        }

        if (limits.MemoryReservation is { } reservation)
        {
            SetBytes(directory, "memory.low", reservation);
        }

        if (limits.MemoryMax is { } memory)
        {
            SetBytes(directory, "memory.max", memory);
        }

        if (limits.MemorySwapMax is { } withSwap)
        {
            SetBytes(directory, "memory.swap.max", Swap(withSwap, limits.MemoryMax));
        }
    }

    public override CgroupStats Read(CgroupDirectory directory, CgroupStats stats) => stats with
    {
        MemoryCurrent = directory.TryReadNumber("memory.current"),
        MemoryPeak = directory.TryReadNumber("memory.peak"), // since Linux 5.19
        MemoryLimit = directory.TryReadNumber("memory.max"),
        MemoryInactiveFile = CgroupDirectory.Keyed(directory.TryRead("memory.stat"), "inactive_file"),
        OomKills = CgroupDirectory.Keyed(directory.TryRead("memory.events"), "oom_kill"),
    };

    /// <summary>Version 1, and with it the specification, limits memory and swap together; version 2 swap alone.</summary>
    private long Swap(long withSwap, long? memory) => (withSwap, memory) switch
    {
        (< 0, _) => -1,
        (_, { } bytes and >= 0) when withSwap >= bytes => withSwap - bytes,
        _ => throw Unsupported("memory.swap.max", Text(withSwap), "a limit on memory and swap together needs a limit on memory that is no greater"),
    };

    private void SetBytes(CgroupDirectory directory, string file, long bytes) =>
        Set(directory, file, bytes < 0 ? "max" : Text(bytes),
            got => bytes < 0 ? got == "max" : long.TryParse(got, out var now) && PageRounding.Covers(bytes, now));
}
