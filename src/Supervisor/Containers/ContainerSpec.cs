using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// Everything needed to run one container again, without the stack file: one replica of a service together with what its
/// image says. Journaled with <see cref="ContainerCreated"/> and never changed afterwards; another configuration is another
/// container.
/// </summary>
public sealed record ContainerSpec
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Project { get; init; }

    public required string Service { get; init; }

    /// <summary>The replica's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The reference as the stack file has it.</summary>
    public required string Image { get; init; }

    public required string ImageId { get; init; }

    /// <summary>What <c>config --hash</c> says of the service.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>Entrypoint and command, the file's and the image's combined.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>, the image's first, the file's over them.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    /// <summary><c>user[:group]</c>, names or numbers, looked up in the image at each start; empty: root.</summary>
    public string User { get; init; } = "";

    /// <summary>Empty: the machine's.</summary>
    public required string Hostname { get; init; }

    public string? Domainname { get; init; }

    public ImmutableArray<MountSpec> Mounts { get; init; } = [];

    /// <summary>Configs and secrets that are written for it; null: none.</summary>
    public ImmutableArray<FileSpec>? Files { get; init; }

    /// <summary>Device nodes of the host that it has beside its own; null: none.</summary>
    public ImmutableArray<DeviceSpec>? Devices { get; init; }

    /// <summary>Groups its processes are in beside those of the user: names, looked up in the image at each start, or numbers; null: none.</summary>
    public ImmutableArray<string>? GroupAdd { get; init; }

    /// <summary>Passed on in <c>config.json</c>; null: none.</summary>
    public ImmutableSortedDictionary<string, string>? Annotations { get; init; }

    public ResourceLimits Limits { get; init; } = new();

    /// <summary>Null: health is not probed.</summary>
    public Health.HealthSpec? Health { get; init; }

    /// <summary>Null: it is not asked to say when it is ready.</summary>
    public Health.NotifySpec? Notify { get; init; }

    public RestartPolicy Restart { get; init; } = RestartPolicy.No;

    /// <summary>A signal's name or number.</summary>
    public string StopSignal { get; init; } = "SIGTERM";

    public TimeSpan StopGracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The runtime that makes it: a name or an absolute path; null: our own.</summary>
    public string? Runtime { get; init; }

    /// <summary>Run under a small init that reaps and forwards signals.</summary>
    public bool Init { get; init; }

    public ImmutableArray<string> CapAdd { get; init; } = [];

    public ImmutableArray<string> CapDrop { get; init; } = [];

    public bool Privileged { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>A file with the filter of system calls, in Docker's form, or <c>unconfined</c>; null: Docker's default profile.</summary>
    public string? Seccomp { get; init; }

    /// <summary>An AppArmor profile that is loaded already; null: none.</summary>
    public string? AppArmor { get; init; }

    /// <summary>No path below /proc and /sys is hidden or read-only.</summary>
    public bool SystemPathsUnconfined { get; init; }

    public ImmutableSortedDictionary<string, UlimitSpec> Ulimits { get; init; } = ImmutableSortedDictionary<string, UlimitSpec>.Empty;

    public ImmutableSortedDictionary<string, string> Sysctls { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public bool Tty { get; init; }

    public bool StdinOpen { get; init; }

    public LogSpec Log { get; init; } = new();

    /// <summary><c>host</c>; else it has a namespace: its own, with what <see cref="Networking"/> says, or one that it shares.</summary>
    public string NetworkMode { get; init; } = "none";

    /// <summary>Null: loopback only.</summary>
    public Networks.ContainerNetworking? Networking { get; init; }

    /// <summary>Namespaces that it shares; null: none but the network's.</summary>
    public NamespaceModes? Namespaces { get; init; }

    /// <summary>Where its cgroup is made, from the root of each hierarchy; null: below this program's own.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>The root filesystem is read-only.</summary>
    public bool ReadOnly { get; init; }

    public int? OomScoreAdj { get; init; }

    /// <summary>Size of /dev/shm in bytes.</summary>
    public long ShmSize { get; init; } = 64L << 20;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Run in it when its command runs; null: none.</summary>
    public ImmutableArray<Hooks.HookSpec>? PostStart { get; init; }

    /// <summary>Run in it before a stop; null: none.</summary>
    public ImmutableArray<Hooks.HookSpec>? PreStop { get; init; }

    /// <summary>The container goes by itself when its run has ended, with its anonymous volumes: <c>run --rm</c>.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Its monitor takes no output before somebody is attached, for ten seconds at most: who runs a command in the foreground misses nothing of it.</summary>
    public bool HoldOutput { get; init; }

    /// <summary>Made by <c>run</c>: no replica of its service.</summary>
    [JsonIgnore]
    public bool IsOneOff => Labels.GetValueOrDefault("com.docker.compose.oneoff") == "True";

    public Events.Subject Subject => new(Project, Service, Name);
}

/// <summary>One mount as the container sees it.</summary>
/// <param name="Kind">What its source is.</param>
/// <param name="Source">The volume's name, or the host path; empty for tmpfs.</param>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="Propagation">As mount_namespaces(7) and Compose name it; null: <c>rprivate</c>.</param>
/// <param name="CreateHostPath">Make the host directory when it is not there.</param>
/// <param name="NoCopy">Do not fill an empty volume with what the image has at the target.</param>
/// <param name="Subpath">A directory in the volume to mount in its place.</param>
/// <param name="TmpfsSize">Bytes; null: the kernel's default, half of memory.</param>
/// <param name="TmpfsMode">Permission bits; null: 01777.</param>
/// <param name="TmpfsOptions">What the file says in the words of mount(8).</param>
/// <param name="Anonymous">The volume has no name in the file: it is made with the container, and goes with it when volumes are to go.</param>
/// <param name="Recursive">Of what is mounted below a host path: <c>disabled</c>, not there; <c>writable</c> or <c>readonly</c> where the mount is read-only; null: there, and read-only with it where the kernel can.</param>
/// <param name="From">The container whose mount it is, which this one only shares: <c>volumes_from</c>; null: its own.</param>
public sealed record MountSpec(
    MountKind Kind,
    string Source,
    string Target,
    bool ReadOnly = false,
    string? Propagation = null,
    bool CreateHostPath = true,
    bool NoCopy = false,
    string? Subpath = null,
    long? TmpfsSize = null,
    int? TmpfsMode = null,
    ImmutableArray<string>? TmpfsOptions = null,
    bool Anonymous = false,
    string? From = null,
    string? Recursive = null);

public enum MountKind
{
    /// <summary>A named or anonymous volume.</summary>
    Volume,

    /// <summary>A path of the host.</summary>
    Bind,

    /// <summary>Memory, gone with the container.</summary>
    Tmpfs,
}

/// <summary>A limit as setrlimit(2) has it; -1: unlimited.</summary>
public sealed record UlimitSpec(long Soft, long Hard);

/// <summary>Where the container's output goes.</summary>
/// <param name="Driver"><c>json-file</c> and <c>local</c> both mean our log file; <c>none</c>: nowhere.</param>
/// <param name="MaxSize">Bytes before the file is rotated; null: never.</param>
/// <param name="MaxFile">How many files are kept.</param>
public sealed record LogSpec(string Driver = "json-file", long? MaxSize = null, int MaxFile = 1);

/// <summary>What a service may use. Null: not limited.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="MemoryReservation">Bytes.</param>
/// <param name="MemorySwap">Memory and swap together in bytes, -1: unlimited swap (the OCI meaning).</param>
/// <param name="Cpus">Processors, e.g. 0.5.</param>
/// <param name="CpuShares">2 to 262144.</param>
/// <param name="Cpuset">e.g. <c>0-2,4</c>.</param>
/// <param name="Pids">-1: unlimited.</param>
/// <param name="DeviceRules">Devices it may use beside those of every container: <c>PATH ACCESS</c>, or <c>c 1:3 rwm</c>.</param>
/// <param name="BlockIoWeight">10 to 1000.</param>
/// <param name="BlockIo">For single block devices.</param>
/// <param name="CpuRealtimeRuntime">Microseconds of real-time scheduling per period; cgroup version 1 only.</param>
/// <param name="CpuRealtimePeriod">Microseconds; cgroup version 1 only.</param>
public sealed record ResourceLimits(
    long? Memory = null,
    long? MemoryReservation = null,
    long? MemorySwap = null,
    long? MemorySwappiness = null,
    bool? OomKillDisable = null,
    double? Cpus = null,
    long? CpuQuota = null,
    long? CpuPeriod = null,
    long? CpuShares = null,
    string? Cpuset = null,
    long? Pids = null,
    ImmutableArray<string>? DeviceRules = null,
    int? BlockIoWeight = null,
    ImmutableArray<BlockIoLimit>? BlockIo = null,
    long? CpuRealtimeRuntime = null,
    long? CpuRealtimePeriod = null);

/// <summary>What a container may do with one block device.</summary>
/// <param name="Path">Of the device's node on the host: its numbers are read when the cgroup is made.</param>
/// <param name="Value">For a weight 10 to 1000, else bytes or operations a second.</param>
public sealed record BlockIoLimit(Native.Cgroups.BlockDeviceLimitKind Kind, string Path, long Value);
