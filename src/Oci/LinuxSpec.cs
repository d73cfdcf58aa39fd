using System.Text.Json.Serialization;

namespace Devoxx.Oci;

/// <summary>The <c>linux</c> object of config.json.</summary>
public sealed record LinuxSpec
{
    public IReadOnlyList<Namespace>? Namespaces { get; init; }

    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    public IReadOnlyList<IdMapping>? GidMappings { get; init; }

    public IReadOnlyDictionary<string, TimeOffset>? TimeOffsets { get; init; }

    public IReadOnlyList<Device>? Devices { get; init; }

    public string? CgroupsPath { get; init; }

    public LinuxResources? Resources { get; init; }

    /// <summary><c>private</c>, <c>shared</c>, <c>slave</c>, <c>unbindable</c> and the recursive forms.</summary>
    public string? RootfsPropagation { get; init; }

    public Seccomp? Seccomp { get; init; }

    /// <summary>Names with dots, such as <c>net.ipv4.ip_forward</c>.</summary>
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    public IReadOnlyList<string>? MaskedPaths { get; init; }

    public IReadOnlyList<string>? ReadonlyPaths { get; init; }

    public string? MountLabel { get; init; }

    public IntelRdt? IntelRdt { get; init; }

    public Personality? Personality { get; init; }

    public MemoryPolicy? MemoryPolicy { get; init; }

    /// <summary>Devices of the host's network that are to become the container's, by their names there.</summary>
    public IReadOnlyDictionary<string, NetDevice>? NetDevices { get; init; }
}

/// <summary>
/// NUMA memory policy (set_mempolicy(2)): <paramref name="Mode"/> and flags by the names of the manual, nodes as <c>0-3,7</c>.
/// </summary>
public sealed record MemoryPolicy(string Mode, string? Nodes = null, IReadOnlyList<string>? Flags = null);

/// <summary>Its name in the container; null: as on the host.</summary>
public sealed record NetDevice(string? Name = null);

/// <summary>
/// A namespace of type <c>pid network mount ipc uts user cgroup time</c>: new when <paramref name="Path"/> is null, else joined.
/// </summary>
public sealed record Namespace(string Type, string? Path = null);

public sealed record IdMapping
{
    [JsonPropertyName("containerID")]
    public uint ContainerId { get; init; }

    [JsonPropertyName("hostID")]
    public uint HostId { get; init; }

    public uint Size { get; init; }
}

/// <summary>Offset of a clock (<c>monotonic</c>, <c>boottime</c>) in a time namespace.</summary>
public sealed record TimeOffset(long Secs = 0, uint Nanosecs = 0);

/// <summary>A device node; <paramref name="Type"/> is <c>c b u p</c>, the mode an octal number written in decimal.</summary>
public sealed record Device(string Type, string Path, long? Major = null, long? Minor = null, uint? FileMode = null, uint? Uid = null, uint? Gid = null);

public sealed record IntelRdt
{
    [JsonPropertyName("closID")]
    public string? ClosId { get; init; }

    public string? L3CacheSchema { get; init; }

    public string? MemBwSchema { get; init; }
}

/// <summary><paramref name="Domain"/> is <c>LINUX</c> or <c>LINUX32</c>.</summary>
public sealed record Personality(string Domain, IReadOnlyList<string>? Flags = null);
