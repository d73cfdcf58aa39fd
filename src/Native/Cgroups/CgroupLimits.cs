using System.Collections.Immutable;

namespace Devoxx.Native.Cgroups;

/// <summary>What a cgroup is limited to; null leaves a limit as the kernel has it. Meanings are those of the OCI runtime specification's linux.resources.</summary>
/// <param name="MemoryMax">Bytes; −1 unlimited.</param>
/// <param name="MemoryReservation">Bytes to reclaim down to when memory is short; −1 unlimited.</param>
/// <param name="MemorySwapMax">Bytes of memory and swap together; −1 unlimited.</param>
/// <param name="MemorySwappiness">0 to 100; version 1 only.</param>
/// <param name="OomKillDisable">A process that needs more memory waits instead of being killed; version 1 only.</param>
/// <param name="CpuQuota">Microseconds of processor time per period; −1 unlimited.</param>
/// <param name="CpuPeriod">Microseconds.</param>
/// <param name="CpuShares">Version 1 scale, 2 to 262144; the default is 1024.</param>
/// <param name="CpusetCpus">As cpuset(7) writes lists: <c>0-2,7</c>.</param>
/// <param name="CpusetMems">Memory nodes, likewise.</param>
/// <param name="PidsMax">Processes and threads; 0 or less is unlimited.</param>
/// <param name="BlkioWeight">10 to 1000.</param>
/// <param name="BlkioDevices">For single block devices.</param>
/// <param name="CpuBurst">Microseconds of quota that may be saved up.</param>
/// <param name="CpuIdle">1: runs only when nobody else wants to.</param>
/// <param name="CpuRealtimeRuntime">Microseconds of real-time scheduling per period; version 1 only.</param>
/// <param name="CpuRealtimePeriod">Microseconds; version 1 only.</param>
/// <param name="HugePages">Bytes by page size, which is written as in <c>2MB</c>.</param>
/// <param name="Rdma">By device.</param>
/// <param name="NetClassId">Version 1 only.</param>
/// <param name="NetPriorities">By interface; version 1 only.</param>
/// <param name="Unified">Files of a version 2 directory and what is written there, after all else.</param>
/// <param name="Devices">In order, later rules override earlier ones. Null leaves devices alone.</param>
public sealed record CgroupLimits(
    long? MemoryMax = null,
    long? MemoryReservation = null,
    long? MemorySwapMax = null,
    long? MemorySwappiness = null,
    bool? OomKillDisable = null,
    long? CpuQuota = null,
    long? CpuPeriod = null,
    long? CpuShares = null,
    string? CpusetCpus = null,
    string? CpusetMems = null,
    long? PidsMax = null,
    int? BlkioWeight = null,
    ImmutableArray<DeviceRule>? Devices = null,
    ImmutableArray<BlockDeviceLimit>? BlkioDevices = null,
    long? CpuBurst = null,
    long? CpuIdle = null,
    long? CpuRealtimeRuntime = null,
    long? CpuRealtimePeriod = null,
    ImmutableSortedDictionary<string, ulong>? HugePages = null,
    ImmutableSortedDictionary<string, RdmaLimit>? Rdma = null,
    uint? NetClassId = null,
    ImmutableSortedDictionary<string, uint>? NetPriorities = null,
    ImmutableSortedDictionary<string, string>? Unified = null)
{
    public static CgroupLimits None { get; } = new();
}

/// <summary>How many handles and objects of an RDMA device; null is unlimited.</summary>
public sealed record RdmaLimit(uint? Handles, uint? Objects);
