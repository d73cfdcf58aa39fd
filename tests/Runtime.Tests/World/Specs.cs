using Devoxx.Oci;

namespace Devoxx.Runtime.Tests.World;

/// <summary>Configurations as an engine writes them.</summary>
public static class Specs
{
    private static readonly string[] Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    public static RuntimeSpec Default(string bundle, string id, params string[] args) => new()
    {
        Process = new Process
        {
            Args = args,
            Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            Cwd = "/",
            Capabilities = new LinuxCapabilities { Bounding = Capabilities, Effective = Capabilities, Permitted = Capabilities, Inheritable = [], Ambient = [] },
        },
        Root = new Root("rootfs"),
        Hostname = "box",
        Mounts =
        [
            new Mount { Destination = "/", Type = "overlay", Source = "overlay", Options = [$"lowerdir={Published.Rootfs}", $"upperdir={bundle}/upper", $"workdir={bundle}/work"] },
            new Mount { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] },
            new Mount { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            new Mount { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            new Mount { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=64m"] },
            new Mount { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
            new Mount { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
            new Mount { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["nosuid", "noexec", "nodev", "ro"] },
        ],
        Linux = new LinuxSpec
        {
            Namespaces = [new("pid"), new("network"), new("ipc"), new("uts"), new("mount"), new("cgroup")],
            CgroupsPath = $"{CgroupParent}/{id}",
            MaskedPaths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/nothing-of-this-name", "/sys/firmware"],
            ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    };

    /// <summary>The cgroup above those of all containers of this run of the tests: others may run at the same time.</summary>
    public static string CgroupParent { get; } = $"/devoxx-runtime-tests-{Environment.ProcessId}";

    public static RuntimeSpec WithProcess(this RuntimeSpec spec, Func<Process, Process> change) => spec with { Process = change(spec.Process!) };

    public static RuntimeSpec WithLinux(this RuntimeSpec spec, Func<LinuxSpec, LinuxSpec> change) => spec with { Linux = change(spec.Linux!) };

    public static RuntimeSpec WithMount(this RuntimeSpec spec, string destination, string source, params string[] options) =>
        spec with { Mounts = [.. spec.Mounts!, new Mount { Destination = destination, Type = "bind", Source = source, Options = options }] };
}
