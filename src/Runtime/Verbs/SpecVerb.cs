using System.Text;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>spec [--bundle DIR] [--rootless]</c>: writes a config.json to start from; with <c>--rootless</c> one that an ordinary user can run.</summary>
internal static class SpecVerb
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var parsed = Arguments.Parse(args, ["b=bundle"], ["rootless"]);
        var path = Path.Combine(parsed.Value("bundle") ?? ".", "config.json");
        if (File.Exists(path))
        {
            throw new SetupException("File config.json exists. Remove it first");
        }

        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(parsed.Has("rootless") ? Rootless() : Ordinary()));
        return 0;
    }

    // As runc has it: where the hierarchies are of version 1 a cgroup namespace is for who asks for it.
    private static string Ordinary() => Devoxx.Native.Cgroups.CgroupHost.Detect().V1.IsEmpty ? Template
        : Template.Replace(", { \"type\": \"cgroup\" }", "", StringComparison.Ordinal);

    // Who is no root maps itself alone: no terminal's group, no sysfs but the host's, no device rules.
    private static unsafe string Rootless()
    {
        var (uid, gid) = (Devoxx.Native.RawSyscall.Invoke(Devoxx.Native.Nr.getuid), Devoxx.Native.RawSyscall.Invoke(Devoxx.Native.Nr.getgid));
        return Template
            .Replace("\"mode=0620\", \"gid=5\"", "\"mode=0620\"", StringComparison.Ordinal)
            .Replace("{ \"type\": \"network\" }, ", "", StringComparison.Ordinal)
            .Replace("{ \"type\": \"cgroup\" }", "{ \"type\": \"cgroup\" }, { \"type\": \"user\" }", StringComparison.Ordinal)
            .Replace("\"type\": \"sysfs\", \"source\": \"sysfs\", \"options\": [", "\"type\": \"none\", \"source\": \"/sys\", \"options\": [\"rbind\", ", StringComparison.Ordinal)
            .Replace(
                "\"resources\": { \"devices\": [{ \"allow\": false, \"access\": \"rwm\" }] },",
                $$"""
                "uidMappings": [{ "containerID": 0, "hostID": {{uid}}, "size": 1 }],
                    "gidMappings": [{ "containerID": 0, "hostID": {{gid}}, "size": 1 }],
                """,
                StringComparison.Ordinal);
    }

    private const string Template = """
        {
          "ociVersion": "1.3.0",
          "process": {
            "terminal": true,
            "user": { "uid": 0, "gid": 0 },
            "args": ["sh"],
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            "cwd": "/",
            "capabilities": {
              "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
              "effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
              "permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
            },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 }],
            "noNewPrivileges": true
          },
          "root": { "path": "rootfs", "readonly": true },
          "hostname": "devoxx",
          "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            { "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            { "destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
            { "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"] },
            { "destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"] },
            { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "ro"] }
          ],
          "linux": {
            "resources": { "devices": [{ "allow": false, "access": "rwm" }] },
            "namespaces": [{ "type": "pid" }, { "type": "network" }, { "type": "ipc" }, { "type": "uts" }, { "type": "mount" }, { "type": "cgroup" }],
            "maskedPaths": [
              "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
              "/proc/sched_debug", "/sys/firmware", "/proc/scsi"
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
          }
        }

        """;
}
