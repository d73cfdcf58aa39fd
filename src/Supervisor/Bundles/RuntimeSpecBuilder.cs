using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Images;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>What of the host and the image a container's <c>config.json</c> depends on.</summary>
/// <param name="Bundle">The bundle's directory.</param>
/// <param name="CgroupPath">From the root of each hierarchy.</param>
/// <param name="Layers">Directories of the image's layers, base first.</param>
/// <param name="User">Who the process is.</param>
/// <param name="Sources">The host's path of each volume and bind mount, by target.</param>
/// <param name="AllCapabilities">Those this host can give, for <c>privileged</c> and <c>ALL</c>.</param>
/// <param name="HostDevices">The host's device nodes that it has: all for <c>privileged</c>, and those of <c>devices</c>, of which the last at a path counts.</param>
/// <param name="NetworkNamespace">The network namespace to enter; null: a new one.</param>
/// <param name="Shared">Namespaces of other containers to enter; null: none.</param>
/// <param name="Seccomp">The filter of system calls; null: none.</param>
/// <param name="SeccompFilter">Where its compiled form is kept.</param>
internal sealed record BundleInput(
    string Bundle,
    string CgroupPath,
    ImmutableArray<string> Layers,
    UserIdentity User,
    ImmutableDictionary<string, string> Sources,
    ImmutableArray<string> AllCapabilities,
    ImmutableArray<Device> HostDevices,
    string? NetworkNamespace = null,
    SharedNamespaces? Shared = null,
    Oci.Seccomp? Seccomp = null,
    string? SeccompFilter = null)
{
    /// <summary>Destinations whose source is a mount that is attached nowhere yet.</summary>
    public ImmutableArray<string> Detached { get; init; } = [];

    /// <summary>This kernel can make a mount read-only with all below it (mount_setattr(2), Linux 5.12).</summary>
    public bool RecursiveReadOnly { get; init; } = true;
}

/// <summary>Writes a container down as the OCI runtime specification has it. Pure.</summary>
internal static class RuntimeSpecBuilder
{
    /// <summary>Tells <c>devoxx-runtime</c> to run the command under its own small init.</summary>
    public const string InitAnnotation = "org.devoxx.init";

    /// <summary>Tells <c>devoxx-runtime</c> where the compiled filter is, or is to be put.</summary>
    public const string FilterAnnotation = "org.devoxx.seccomp-filter";

    /// <summary>Tells <c>devoxx-runtime</c> where it finds mounts that are attached nowhere yet, and are to be attached themselves: destinations, by commas.</summary>
    public const string DetachedMountsAnnotation = "org.devoxx.detached-mounts";

    private static readonly string[] MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static RuntimeSpec Build(ContainerSpec spec, BundleInput input) => new()
    {
        Process = BuildProcess(spec, input),
        Root = new Root("rootfs", spec.ReadOnly),
        Hostname = spec.Namespaces?.Uts == "host" ? null : spec.Hostname,
        Domainname = spec.Namespaces?.Uts == "host" ? null : spec.Domainname,
        Mounts = MountsBuilder.Build(spec, input),
        Annotations = Annotations(spec, input),
        Linux = new LinuxSpec
        {
            Namespaces = Namespaces(spec, input),
            CgroupsPath = input.CgroupPath,
            RootfsPropagation = "rprivate",
            Sysctl = spec.Sysctls.IsEmpty ? null : spec.Sysctls,
            Devices = input.HostDevices.IsEmpty ? null : [.. input.HostDevices.Reverse().DistinctBy(device => device.Path).Reverse()],
            MaskedPaths = spec.Privileged || spec.SystemPathsUnconfined ? null : MaskedPaths,
            ReadonlyPaths = spec.Privileged || spec.SystemPathsUnconfined ? null : ReadonlyPaths,
            Seccomp = input.Seccomp,
        },
    };

    private static ImmutableSortedDictionary<string, string>? Annotations(ContainerSpec spec, BundleInput input)
    {
        var annotations = (spec.Annotations ?? ImmutableSortedDictionary<string, string>.Empty).ToBuilder();
        if (spec.Init)
        {
            annotations[InitAnnotation] = "true";
        }

        ImmutableArray<string> detached = input.Shared?.SharedMemoryPath is null ? input.Detached : input.Detached.Add("/dev/shm");
        if (!detached.IsEmpty)
        {
            annotations[DetachedMountsAnnotation] = string.Join(',', detached);
        }

        if (input.SeccompFilter is { } filter)
        {
            annotations[FilterAnnotation] = filter;
        }

        return annotations.Count == 0 ? null : annotations.ToImmutable();
    }

    private static Process BuildProcess(ContainerSpec spec, BundleInput input)
    {
        var capabilities = CapabilitySet.Of(spec, input.AllCapabilities);
        return new Process
        {
            Terminal = spec.Tty,
            User = new User { Uid = input.User.Uid, Gid = input.User.Gid, AdditionalGids = input.User.AdditionalGids },
            Args = spec.Arguments,
            Env = ProcessEnvironment(spec, input.User),
            Cwd = spec.WorkingDirectory,
            // Inheritable and ambient stay empty (CVE-2022-24769): an ordinary user gains nothing by executing a file.
            Capabilities = new LinuxCapabilities
            {
                Bounding = capabilities,
                Permitted = capabilities,
                Effective = capabilities,
                Inheritable = [],
                Ambient = [],
            },
            Rlimits =
            [
                .. spec.Ulimits.Select(u => new Rlimit("RLIMIT_" + u.Key.ToUpperInvariant(), Limit(u.Value.Soft), Limit(u.Value.Hard))),
                .. InheritedOpenFiles.ForContainers is { } files && !spec.Ulimits.ContainsKey("nofile") ? (Rlimit[])[files] : [],
            ],
            NoNewPrivileges = spec.NoNewPrivileges,
            ApparmorProfile = spec.AppArmor,
            OomScoreAdj = spec.OomScoreAdj ?? InheritedOomScore.ForContainers,
        };

        static ulong Limit(long value) => value < 0 ? ulong.MaxValue : (ulong)value;
    }

    /// <summary>The environment of a process started in the container: also what <c>exec</c> begins with.</summary>
    public static ImmutableArray<string> ProcessEnvironment(ContainerSpec spec, UserIdentity user)
    {
        var given = spec.Environment;
        var result = ImmutableArray.CreateBuilder<string>(given.Length + 4);
        AddUnlessGiven("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        AddUnlessGiven("HOSTNAME", spec.Hostname);
        if (spec.Tty)
        {
            AddUnlessGiven("TERM", "xterm");
        }

        result.AddRange(given);
        if (spec.Notify is { } notify)
        {
            result.Add($"NOTIFY_SOCKET={MountsBuilder.NotifyDirectory}/{NotifySocket.Name}");
            if (notify.Watchdog is { } watchdog)
            {
                result.Add($"WATCHDOG_USEC={((long)watchdog.TotalMicroseconds).ToString(CultureInfo.InvariantCulture)}");
            }
        }

        AddUnlessGiven("HOME", user.Home);
        return result.ToImmutable();

        void AddUnlessGiven(string name, string value)
        {
            if (!given.Any(e => e.StartsWith(name, StringComparison.Ordinal) && e.Length > name.Length && e[name.Length] == '='))
            {
                result.Add(name + "=" + value);
            }
        }
    }

    private static ImmutableArray<Namespace> Namespaces(ContainerSpec spec, BundleInput input)
    {
        var (modes, shared) = (spec.Namespaces ?? new NamespaceModes(), input.Shared);
        var namespaces = ImmutableArray.CreateBuilder<Namespace>();
        Add(modes.Pid, "pid", shared?.PidPath);
        namespaces.Add(new Namespace("mount"));
        Add(modes.Ipc, "ipc", shared?.IpcPath);
        Add(modes.Uts, "uts", null);
        Add(modes.Cgroup, "cgroup", null);
        Add(spec.NetworkMode, "network", input.NetworkNamespace);
        return namespaces.ToImmutable();

        void Add(string? mode, string type, string? path)
        {
            if (mode != "host")
            {
                namespaces.Add(new Namespace(type, path));
            }
        }
    }
}
