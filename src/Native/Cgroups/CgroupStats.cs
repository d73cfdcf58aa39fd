namespace Devoxx.Native.Cgroups;

/// <summary>What a cgroup uses; null where its host has no controller to tell.</summary>
public sealed record CgroupStats
{
    /// <summary>Bytes, the page cache included.</summary>
    public long? MemoryCurrent { get; init; }

    public long? MemoryPeak { get; init; }

    /// <summary>Bytes; null when unlimited.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Bytes of page cache that have not been used for long; <c>docker stats</c> takes them off what is current.</summary>
    public long? MemoryInactiveFile { get; init; }

    /// <summary>Microseconds of processor time.</summary>
    public long? CpuUsage { get; init; }

    /// <summary>Periods in which the quota was used up.</summary>
    public long? CpuThrottledPeriods { get; init; }

    /// <summary>Microseconds.</summary>
    public long? CpuThrottledTime { get; init; }

    public long? PidsCurrent { get; init; }

    public long? PidsPeak { get; init; }

    /// <summary>How often a fork failed on the limit.</summary>
    public long? PidsLimitHits { get; init; }

    /// <summary>Bytes.</summary>
    public long? IoRead { get; init; }

    /// <summary>Bytes.</summary>
    public long? IoWritten { get; init; }

    /// <summary>Processes killed for want of memory since the cgroup was made, here and below.</summary>
    public long? OomKills { get; init; }
}
