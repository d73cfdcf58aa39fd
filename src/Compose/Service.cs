using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>One service: the Compose keys in Pascal case, in canonical form. Absent, empty and zero are one, except where a property is nullable and says otherwise.</summary>
public sealed record Service
{
    /// <summary>Profiles that enable the service; none: always enabled.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];
    /// <summary>OCI annotations.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = Sorted<string>.Empty;
    /// <summary>Whether attached `up` shows its output; null: yes.</summary>
    public bool? Attach { get; init; }
    /// <summary>How to build the image.</summary>
    public Build? Build { get; init; }
    /// <summary>What `watch` does.</summary>
    public Develop? Develop { get; init; }
    /// <summary>Block I/O weights and limits.</summary>
    public BlkioConfig? BlkioConfig { get; init; }
    /// <summary>Capabilities on top of the default set, with or without `CAP_`; `ALL`.</summary>
    public ImmutableArray<string> CapAdd { get; init; } = [];
    /// <summary>Capabilities taken from the default set.</summary>
    public ImmutableArray<string> CapDrop { get; init; } = [];
    public string? CgroupParent { get; init; }
    /// <summary>`host` or `private`.</summary>
    public string? Cgroup { get; init; }
    public long? CpuCount { get; init; }
    public double? CpuPercent { get; init; }
    /// <summary>Microseconds.</summary>
    public long? CpuPeriod { get; init; }
    /// <summary>Microseconds per period.</summary>
    public long? CpuQuota { get; init; }
    /// <summary>Microseconds.</summary>
    public long? CpuRtPeriod { get; init; }
    /// <summary>Microseconds.</summary>
    public long? CpuRtRuntime { get; init; }
    /// <summary>CPUs, fractions allowed; null: unlimited.</summary>
    public double? Cpus { get; init; }
    public string? Cpuset { get; init; }
    /// <summary>Relative weight, 1024 is one share.</summary>
    public long? CpuShares { get; init; }
    /// <summary>Null: the image's; empty: none.</summary>
    public ImmutableArray<string>? Command { get; init; }
    public ImmutableArray<FileMount> Configs { get; init; } = [];
    public string? ContainerName { get; init; }
    public CredentialSpec? CredentialSpec { get; init; }
    public ImmutableSortedDictionary<string, Dependency> DependsOn { get; init; } = Sorted<Dependency>.Empty;
    public Deploy? Deploy { get; init; }
    public ImmutableArray<string> DeviceCgroupRules { get; init; } = [];
    public ImmutableArray<DeviceMapping> Devices { get; init; } = [];
    public ImmutableArray<string> Dns { get; init; } = [];
    public ImmutableArray<string> DnsOpt { get; init; } = [];
    public ImmutableArray<string> DnsSearch { get; init; } = [];
    public string? Domainname { get; init; }
    /// <summary>Null: the image's; empty: none.</summary>
    public ImmutableArray<string>? Entrypoint { get; init; }
    public Provider? Provider { get; init; }
    /// <summary>A null value: set to nothing known, so not set in the container.</summary>
    public ImmutableSortedDictionary<string, string?> Environment { get; init; } = Sorted<string?>.Empty;
    public ImmutableArray<EnvFile> EnvFile { get; init; } = [];
    public ImmutableArray<string> Expose { get; init; } = [];
    public ImmutableArray<string> ExternalLinks { get; init; } = [];
    /// <summary>Host name to addresses.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> ExtraHosts { get; init; } = Sorted<ImmutableArray<string>>.Empty;
    public ImmutableArray<string> GroupAdd { get; init; } = [];
    public ImmutableArray<DeviceRequest> Gpus { get; init; } = [];
    public string? Hostname { get; init; }
    public Healthcheck? Healthcheck { get; init; }
    public string? Image { get; init; }
    public bool? Init { get; init; }
    public string? Ipc { get; init; }
    public string? Isolation { get; init; }
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Sorted<string>.Empty;
    public ImmutableArray<string> LabelFile { get; init; } = [];
    public ImmutableArray<string> Links { get; init; } = [];
    public Logging? Logging { get; init; }
    /// <summary>Bytes.</summary>
    public long? MemLimit { get; init; }
    /// <summary>Bytes.</summary>
    public long? MemReservation { get; init; }
    /// <summary>Memory and swap together, bytes; −1: unlimited swap.</summary>
    public long? MemswapLimit { get; init; }
    /// <summary>0 to 100.</summary>
    public long? MemSwappiness { get; init; }
    public string? MacAddress { get; init; }
    public ImmutableSortedDictionary<string, ServiceModel?> Models { get; init; } = Sorted<ServiceModel?>.Empty;
    /// <summary>`none`, `host`, `bridge`, `service:NAME`, `container:ID`; null: the networks below.</summary>
    public string? NetworkMode { get; init; }
    public ImmutableSortedDictionary<string, ServiceNetwork?> Networks { get; init; } = Sorted<ServiceNetwork?>.Empty;
    public bool OomKillDisable { get; init; }
    /// <summary>−1000 to 1000.</summary>
    public long? OomScoreAdj { get; init; }
    public string? Pid { get; init; }
    /// <summary>−1: unlimited.</summary>
    public long? PidsLimit { get; init; }
    public string? Platform { get; init; }
    public ImmutableArray<ServicePort> Ports { get; init; } = [];
    public bool Privileged { get; init; }
    public string? PullPolicy { get; init; }
    /// <summary>The root file system is read-only.</summary>
    public bool ReadOnly { get; init; }
    /// <summary>`no`, `always`, `on-failure[:MAX]`, `unless-stopped`.</summary>
    public string? Restart { get; init; }
    public string? Runtime { get; init; }
    /// <summary>Replicas; see <see cref="Replicas"/>.</summary>
    public long? Scale { get; init; }
    public ImmutableArray<FileMount> Secrets { get; init; } = [];
    public ImmutableArray<string> SecurityOpt { get; init; } = [];
    /// <summary>Bytes of /dev/shm.</summary>
    public long? ShmSize { get; init; }
    public bool StdinOpen { get; init; }
    public TimeSpan? StopGracePeriod { get; init; }
    /// <summary>A name with or without `SIG`, or a number.</summary>
    public string? StopSignal { get; init; }
    public ImmutableSortedDictionary<string, string> StorageOpt { get; init; } = Sorted<string>.Empty;
    public ImmutableSortedDictionary<string, string> Sysctls { get; init; } = Sorted<string>.Empty;
    /// <summary>`PATH[:OPTIONS]`.</summary>
    public ImmutableArray<string> Tmpfs { get; init; } = [];
    public bool Tty { get; init; }
    public ImmutableSortedDictionary<string, Ulimit> Ulimits { get; init; } = Sorted<Ulimit>.Empty;
    public bool UseApiSocket { get; init; }
    /// <summary>`USER[:GROUP]`, names or numbers.</summary>
    public string? User { get; init; }
    public string? UsernsMode { get; init; }
    public string? Uts { get; init; }
    public ImmutableArray<ServiceVolume> Volumes { get; init; } = [];
    public ImmutableArray<string> VolumesFrom { get; init; } = [];
    public string? WorkingDir { get; init; }
    public ImmutableArray<Hook> PreStart { get; init; } = [];
    public ImmutableArray<Hook> PostStart { get; init; } = [];
    public ImmutableArray<Hook> PreStop { get; init; } = [];

    /// <summary>How many containers run: `scale`, else `deploy.replicas`, else 1.</summary>
    public int Replicas => (int)(Scale ?? Deploy?.Replicas ?? 1);

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
