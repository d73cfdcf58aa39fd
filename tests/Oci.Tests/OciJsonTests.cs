using System.Text.Json;

namespace Devoxx.Oci.Tests;

public sealed class OciJsonTests
{
    internal const string Config = """
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

public sealed class RuntimeSpecReaderTests
{
    // The configuration of OciJsonTests, plus every member that it does not have.
    private const string Rest = """
        {
          "ociVersion": "1.3.0", "hostname": "h", "domainname": "d",
          "process": { "args": ["a"], "cwd": "/", "user": {}, "apparmorProfile": "p", "selinuxLabel": "l",
            "scheduler": { "policy": "SCHED_DEADLINE", "nice": 1, "priority": 2, "flags": ["f"], "runtime": 3, "deadline": 4, "period": 5 } },
          "mounts": [{ "destination": "/x", "uidMappings": [{ "containerID": 1, "hostID": 2, "size": 3 }], "gidMappings": [] }],
          "hooks": { "createRuntime": [{ "path": "/bin/h", "args": ["h"], "env": ["A=b"], "timeout": 3 }], "poststop": [{ "path": "/p" }] },
          "linux": {
            "timeOffsets": { "monotonic": { "secs": 7, "nanosecs": 8 } }, "rootfsPropagation": "slave", "mountLabel": "m",
            "intelRdt": { "closID": "c", "l3CacheSchema": "s" }, "personality": { "domain": "LINUX32" }, "readonlyPaths": ["/r"],
            "resources": {
              "memory": { "limit": 1, "reservation": 2, "kernel": 3, "kernelTCP": 4, "swappiness": 5, "useHierarchy": true, "checkBeforeUpdate": true },
              "cpu": { "shares": 1, "burst": 2, "realtimeRuntime": 3, "realtimePeriod": 4, "mems": "0", "idle": 1 },
              "blockIO": { "weight": 10, "leafWeight": 11, "weightDevice": [{ "major": 1, "minor": 2, "weight": 3 }], "throttleReadBpsDevice": [{ "major": 1, "minor": 2, "rate": 3 }] },
              "hugepageLimits": [{ "pageSize": "2MB", "limit": 9 }], "network": { "classID": 1, "priorities": [{ "name": "lo", "priority": 2 }] },
              "rdma": { "mlx": { "hcaHandles": 3 } }
            },
            "seccomp": { "defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86"], "flags": ["F"], "listenerPath": "/s", "listenerMetadata": "m" }
          }
        }
        """;

    [Theory]
    [InlineData(OciJsonTests.Config)]
    [InlineData(Rest)]
    [InlineData("{}")]
    public void Reads_what_the_generated_serializer_reads(string json)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var expected = JsonSerializer.Deserialize(bytes, OciJson.Default.RuntimeSpec)! with { };
        if (!json.Contains("ociVersion"))
        {
            expected = expected with { OciVersion = "" };
        }

        Assert.Equal(
            JsonSerializer.Serialize(expected, OciJson.Default.RuntimeSpec),
            JsonSerializer.Serialize(RuntimeSpecReader.ReadSpec(bytes), OciJson.Default.RuntimeSpec));
    }

    [Theory]
    [InlineData("""{"process": []}""")]
    [InlineData("""{"process": {"args": "sh"}}""")]
    [InlineData("""{"process": {"terminal": 1}}""")]
    [InlineData("""{"process": {"user": {"uid": -1}}}""")]
    [InlineData("""{"linux": {"resources": {"memory": {"limit": "1m"}}}}""")]
    [InlineData("""{"mounts": [{}]}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Refuses_what_is_of_another_type(string json) =>
        Assert.ThrowsAny<JsonException>(() => RuntimeSpecReader.ReadSpec(System.Text.Encoding.UTF8.GetBytes(json)));
}
