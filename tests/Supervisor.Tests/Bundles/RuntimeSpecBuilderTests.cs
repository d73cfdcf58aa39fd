using System.Collections.Immutable;
using Devoxx.Images;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Tests.Containers;

namespace Devoxx.Supervisor.Tests.Bundles;

public sealed class RuntimeSpecBuilderTests
{
    private static readonly ContainerSpec Spec = ContainerLife.Spec();

    [Theory]
    [InlineData("-500\n", 0)]
    [InlineData("0\n", null)]
    [InlineData("200\n", null)]
    public void What_protects_the_supervisor_from_being_killed_for_memory_is_not_its_containers(string own, int? theirs) =>
        Assert.Equal(theirs, InheritedOomScore.Of(own));

    [Fact]
    public void Puts_the_layers_topmost_first_under_a_writable_one_in_the_containers_own_namespace()
    {
        var root = Build(Spec).Mounts![0];

        Assert.Equal(("/", "overlay"), (root.Destination, root.Type));
        Assert.Equal(["lowerdir=/l/top:/l/base", "upperdir=/b/upper", "workdir=/b/work"], root.Options!);
    }

    [Fact]
    public void Gives_dockers_default_capabilities_and_none_to_inherit()
    {
        var capabilities = Build(Spec).Process!.Capabilities!;

        Assert.Equal(14, capabilities.Bounding!.Count);
        Assert.DoesNotContain("CAP_SYS_ADMIN", capabilities.Bounding);
        Assert.Empty(capabilities.Inheritable!);
        Assert.Empty(capabilities.Ambient!);
    }

    [Theory]
    [InlineData("", "ALL", "")]
    [InlineData("NET_ADMIN", "ALL", "CAP_NET_ADMIN")]
    [InlineData("ALL", "", "CAP_CHOWN CAP_KILL CAP_NET_ADMIN")]
    [InlineData("ALL", "CHOWN", "CAP_KILL CAP_NET_ADMIN")]
    public void Adds_and_drops_capabilities_as_docker_does(string add, string drop, string expected)
    {
        var spec = Spec with { CapAdd = Words(add), CapDrop = Words(drop) };

        Assert.Equal(Words(expected), CapabilitySet.Of(spec, ["CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN"]));
    }

    [Fact]
    public void A_single_capability_can_be_taken_from_the_default_set()
    {
        Assert.DoesNotContain("CAP_NET_RAW", CapabilitySet.Of(Spec with { CapDrop = ["net_raw"] }, []));
    }

    [Fact]
    public void Masks_and_protects_what_docker_does_unless_privileged()
    {
        Assert.Contains("/proc/kcore", Build(Spec).Linux!.MaskedPaths!);
        Assert.Contains("/proc/sys", Build(Spec).Linux!.ReadonlyPaths!);
        Assert.Null(Build(Spec with { Privileged = true }).Linux!.MaskedPaths);
    }

    [Fact]
    public void A_service_without_network_mode_has_a_network_namespace_of_its_own_and_host_has_none()
    {
        Assert.Contains(Build(Spec).Linux!.Namespaces!, n => n.Type == "network");
        Assert.DoesNotContain(Build(Spec with { NetworkMode = "host" }).Linux!.Namespaces!, n => n.Type == "network");
    }

    [Fact]
    public void Mounts_shallow_targets_before_those_below_them()
    {
        var spec = Spec with
        {
            Mounts = [new MountSpec(MountKind.Volume, "deep", "/data/cache"), new MountSpec(MountKind.Bind, "/host", "/data", ReadOnly: true)],
        };
        var mounts = Build(spec, ("/data/cache", "/v/deep"), ("/data", "/host")).Mounts!;

        Assert.Equal(["/data", "/data/cache"], mounts.TakeLast(2).Select(m => m.Destination));
        Assert.Equal(["rbind", "rprivate", "ro", "rro"], mounts[^2].Options!);
    }

    [Theory]
    [InlineData(null, false, "rbind rprivate")]
    [InlineData(null, true, "rbind rprivate ro rro")]
    [InlineData("disabled", true, "bind rprivate ro")]
    [InlineData("writable", true, "rbind rprivate ro")]
    [InlineData("readonly", true, "rbind rprivate ro rro")]
    public void What_is_mounted_below_a_host_path_is_as_the_file_says(string? recursive, bool readOnly, string expected)
    {
        var spec = Spec with { Mounts = [new MountSpec(MountKind.Bind, "/host", "/data", readOnly, Recursive: recursive)] };
        Assert.Equal(Words(expected), Build(spec, ("/data", "/host")).Mounts![^1].Options!);
    }

    [Fact]
    public void Shares_the_namespaces_of_the_host_as_told()
    {
        var own = Build(Spec);
        Assert.Equal(["cgroup", "ipc", "mount", "network", "pid", "uts"], own.Linux!.Namespaces!.Select(n => n.Type).Order());
        Assert.Equal("web", own.Hostname);

        var host = Build(Spec with { Namespaces = new NamespaceModes("host", "host", "host", "host") });
        Assert.Equal(["mount", "network"], host.Linux!.Namespaces!.Select(n => n.Type).Order());
        Assert.Null(host.Hostname);
        Assert.Contains(host.Mounts!, m => m is { Destination: "/dev/shm", Source: "/dev/shm" });
        Assert.DoesNotContain(Build(Spec with { Namespaces = new NamespaceModes("none") }).Mounts!, m => m.Destination == "/dev/shm");
    }

    [Fact]
    public void What_the_file_mounts_over_a_standard_mount_replaces_it()
    {
        var spec = Spec with { Mounts = [new MountSpec(MountKind.Tmpfs, "", "/dev/shm", TmpfsSize: 4096, TmpfsMode: 0x1FF)] };

        var shm = Assert.Single(Build(spec).Mounts!, m => m.Destination == "/dev/shm");
        Assert.Equal(["nosuid", "nodev", "noexec", "size=4096", "mode=777"], shm.Options!);
    }

    [Fact]
    public void Environment_of_the_file_wins_and_the_rest_is_filled_in()
    {
        var environment = RuntimeSpecBuilder.ProcessEnvironment(
            Spec with { Environment = ["PATH=/bin", "A=b"] }, new UserIdentity(0, 0, [], "/root", "root"));

        Assert.Equal(["HOSTNAME=web", "PATH=/bin", "A=b", "HOME=/root"], environment);
    }

    private static ImmutableArray<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static Oci.RuntimeSpec Build(ContainerSpec spec, params (string Target, string Source)[] sources) => RuntimeSpecBuilder.Build(spec, new BundleInput(
        "/b", "/devoxx/x", ["/l/base", "/l/top"], new UserIdentity(0, 0, [0], "/root", "root"),
        sources.ToImmutableDictionary(s => s.Target, s => s.Source), ["CAP_CHOWN"], []));
}
