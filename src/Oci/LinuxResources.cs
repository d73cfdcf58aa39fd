using System.Text.Json.Serialization;

namespace Devoxx.Oci;

/// <summary>The <c>linux.resources</c> object: what the cgroup is to enforce.</summary>
public sealed record LinuxResources
{
    public IReadOnlyList<DeviceRule>? Devices { get; init; }

    public MemoryResources? Memory { get; init; }

    public CpuResources? Cpu { get; init; }

    public PidsResources? Pids { get; init; }

    [JsonPropertyName("blockIO")]
    public BlockIoResources? BlockIo { get; init; }

    public IReadOnlyList<HugepageLimit>? HugepageLimits { get; init; }

    public NetworkResources? Network { get; init; }

    public IReadOnlyDictionary<string, RdmaLimit>? Rdma { get; init; }

    /// <summary>Files of a cgroup v2 directory and what to write there.</summary>
    public IReadOnlyDictionary<string, string>? Unified { get; init; }
}

/// <summary>Type <c>a b c</c>; a null number is any; access is of <c>rwm</c>.</summary>
public sealed record DeviceRule(bool Allow, string? Type = null, long? Major = null, long? Minor = null, string? Access = null);

public sealed record MemoryResources
{
    /// <summary>Bytes; −1 is unlimited.</summary>
    public long? Limit { get; init; }

    /// <summary>Bytes; −1 is unlimited.</summary>
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together, in bytes; −1 is unlimited.</summary>
    public long? Swap { get; init; }

    public long? Kernel { get; init; }

    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    /// <summary>0 to 100.</summary>
    public ulong? Swappiness { get; init; }

    [JsonPropertyName("disableOOMKiller")]
    public bool? DisableOomKiller { get; init; }

    public bool? UseHierarchy { get; init; }

    public bool? CheckBeforeUpdate { get; init; }
}

public sealed record CpuResources
{
    /// <summary>2 to 262144, as cgroup v1 counts them.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds per <see cref="Period"/>; −1 is unlimited.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? Burst { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? Period { get; init; }

    /// <summary>Microseconds.</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? RealtimePeriod { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }

    public long? Idle { get; init; }
}

/// <summary>Number of tasks; −1 is unlimited.</summary>
public sealed record PidsResources(long? Limit = null);

public sealed record BlockIoResources
{
    public ushort? Weight { get; init; }

    public ushort? LeafWeight { get; init; }

    public IReadOnlyList<WeightDevice>? WeightDevice { get; init; }

    public IReadOnlyList<ThrottleDevice>? ThrottleReadBpsDevice { get; init; }

    public IReadOnlyList<ThrottleDevice>? ThrottleWriteBpsDevice { get; init; }

    [JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<ThrottleDevice>? ThrottleReadIopsDevice { get; init; }

    [JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<ThrottleDevice>? ThrottleWriteIopsDevice { get; init; }
}

public sealed record WeightDevice(long Major, long Minor, ushort? Weight = null, ushort? LeafWeight = null);

/// <summary>Bytes or operations a second for one device.</summary>
public sealed record ThrottleDevice(long Major, long Minor, ulong Rate);

/// <summary>Page size as in <c>2MB</c>; limit in bytes.</summary>
public sealed record HugepageLimit(string PageSize, ulong Limit);

public sealed record NetworkResources
{
    [JsonPropertyName("classID")]
    public uint? ClassId { get; init; }

    public IReadOnlyList<InterfacePriority>? Priorities { get; init; }
}

public sealed record InterfacePriority(string Name, uint Priority);

public sealed record RdmaLimit(uint? HcaHandles = null, uint? HcaObjects = null);
