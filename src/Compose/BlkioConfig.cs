using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>Block I/O weights and limits.</summary>
public sealed record BlkioConfig
{
    public long? Weight { get; init; }
    public ImmutableArray<WeightDevice> WeightDevice { get; init; } = [];
    public ImmutableArray<ThrottleDevice> DeviceReadBps { get; init; } = [];
    public ImmutableArray<ThrottleDevice> DeviceReadIops { get; init; } = [];
    public ImmutableArray<ThrottleDevice> DeviceWriteBps { get; init; } = [];
    public ImmutableArray<ThrottleDevice> DeviceWriteIops { get; init; } = [];

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>A block device and its weight.</summary>
public sealed record WeightDevice
{
    public string Path { get; init; } = "";
    public long Weight { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}

/// <summary>A block device and its limit, in bytes or operations per second.</summary>
public sealed record ThrottleDevice
{
    public string Path { get; init; } = "";
    public long Rate { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
