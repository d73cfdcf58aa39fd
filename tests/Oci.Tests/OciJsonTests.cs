using System.Text.Json;

namespace Devoxx.Oci.Tests;

public sealed class OciJsonTests
{
    private const string Config = """
        {
          "ociVersion": "1.0.2",
          "process": {
            "terminal": true, "consoleSize": { "height": 24, "width": 80 },
            "user": { "uid": 1, "gid": 2, "umask": 18, "additionalGids": [3, 4] },
            "args": ["sh", "-c", "true"], "env": ["PATH=/bin"], "cwd": "/tmp",
            "capabilities": { "bounding": ["CAP_KILL"], "ambient": null },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "soft": 1024, "hard": 18446744073709551615 }],
            "noNewPrivileges": true, "oomScoreAdj": -5,
            "ioPriority": { "class": "IOPRIO_CLASS_IDLE", "priority": 4 }, "execCPUAffinity": { "initial": "0-1" }
          },
          "root": { "path": "rootfs", "readonly": true },
          "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"] }],
          "linux": {
            "namespaces": [{ "type": "pid" }, { "type": "network", "path": "/proc/1/ns/net" }],
            "uidMappings": [{ "containerID": 0, "hostID": 1000, "size": 10 }],
            "devices": [{ "path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438 }],
            "cgroupsPath": "/devoxx/x",
            "resources": {
              "devices": [{ "allow": false, "access": "rwm" }],
              "memory": { "limit": 1048576, "swap": -1, "disableOOMKiller": false },
              "cpu": { "quota": 50000, "period": 100000, "cpus": "0" }, "pids": { "limit": 7 },
              "blockIO": { "throttleReadIOPSDevice": [{ "major": 8, "minor": 0, "rate": 600 }] },
              "unified": { "memory.high": "1" }
            },
            "seccomp": { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 1, "value": 2, "op": "SCMP_CMP_EQ" }] }] },
            "maskedPaths": ["/proc/kcore"], "sysctl": { "net.ipv4.ip_forward": "1" }
          },
          "annotations": { "a": "b" },
          "vm": { "hypervisor": {} }
        }
        """;

    [Fact]
    public void Reads_a_runtime_configuration()
    {
        var spec = JsonSerializer.Deserialize(Config, OciJson.Default.RuntimeSpec)!;
        Assert.Equal(["sh", "-c", "true"], spec.Process!.Args!);
        Assert.Equal(18u, spec.Process.User.Umask);
        Assert.Equal(new Rlimit("RLIMIT_NOFILE", 1024, ulong.MaxValue), spec.Process.Rlimits!.Single());
        Assert.Null(spec.Process.Capabilities!.Ambient);
        Assert.Equal("0-1", spec.Process.ExecCpuAffinity!.Initial);
        Assert.Equal(new Root("rootfs", true), spec.Root);
        Assert.Equal("/proc/1/ns/net", spec.Linux!.Namespaces![1].Path);
        Assert.Equal(1000u, spec.Linux.UidMappings!.Single().HostId);
        Assert.Equal(-1, spec.Linux.Resources!.Memory!.Swap);
        Assert.Equal(600ul, spec.Linux.Resources.BlockIo!.ThrottleReadIopsDevice!.Single().Rate);
        Assert.Equal("1", spec.Linux.Resources.Unified!["memory.high"]);
        Assert.Equal(2ul, spec.Linux.Seccomp!.Syscalls!.Single().Args!.Single().Value);
        Assert.Equal(229, spec.Linux.Devices!.Single().Minor);
    }

    [Fact]
    public void Writes_what_it_reads()
    {
        var once = JsonSerializer.Serialize(JsonSerializer.Deserialize(Config, OciJson.Default.RuntimeSpec)!, OciJson.Default.RuntimeSpec);
        var twice = JsonSerializer.Serialize(JsonSerializer.Deserialize(once, OciJson.Default.RuntimeSpec)!, OciJson.Default.RuntimeSpec);
        Assert.Equal(once, twice);
        foreach (var name in (string[])["\"containerID\":0", "\"disableOOMKiller\":false", "\"throttleReadIOPSDevice\"", "\"execCPUAffinity\"", "\"hard\":18446744073709551615"])
        {
            Assert.Contains(name, once);
        }
    }

    [Fact]
    public void Reads_an_image_configuration()
    {
        var image = JsonSerializer.Deserialize(
            """{"architecture":"amd64","os":"linux","config":{"Env":["A=b"],"Cmd":["sh"],"ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":null},"Healthcheck":{"Test":["CMD","true"],"Interval":5}},"rootfs":{"type":"layers","diff_ids":["sha256:00"]},"history":[{"created_by":"x","empty_layer":true}]}""",
            OciJson.Default.ImageConfiguration)!;
        Assert.Equal(["sh"], image.Config!.Cmd!);
        Assert.Contains("80/tcp", image.Config.ExposedPorts!.Keys);
        Assert.Contains("/data", image.Config.Volumes!.Keys);
        Assert.Equal(5, image.Config.Healthcheck!.Interval);
        Assert.Equal(["sha256:00"], image.Rootfs!.DiffIds!);
        Assert.True(image.History![0].EmptyLayer);
    }

    [Fact]
    public void Shows_when_a_document_claims_to_be_manifest_and_index()
    {
        var manifest = JsonSerializer.Deserialize("""{"schemaVersion":2,"layers":[],"manifests":[]}""", OciJson.Default.ImageManifest)!;
        Assert.NotNull(manifest.Manifests);
    }
}
