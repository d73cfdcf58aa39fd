using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>A request for devices of a driver.</summary>
public sealed record DeviceRequest
{
    public ImmutableArray<string> Capabilities { get; init; } = [];
    public string? Driver { get; init; }
    /// <summary>−1: all.</summary>
    public long? Count { get; init; }
    public ImmutableArray<string> DeviceIds { get; init; } = [];
    public ImmutableSortedDictionary<string, string> Options { get; init; } = Sorted<string>.Empty;
}
