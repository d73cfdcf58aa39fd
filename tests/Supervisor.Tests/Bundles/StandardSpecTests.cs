using System.Collections.Immutable;
using Devoxx.Images;
using Devoxx.Oci;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Tests.Containers;

namespace Devoxx.Supervisor.Tests.Bundles;

public sealed class StandardSpecTests
{
    private static readonly DeviceRule[] Devices = [new(false, "a", Access: "rwm"), new(true, "c", 1, 3, "rwm")];

    [Fact]
    public void Leaves_the_overlay_to_whoever_mounts_it_and_names_the_place()
    {
        var spec = StandardSpec.Of(Own(ContainerLife.Spec() with { ReadOnly = true }), Devices);

        Assert.Equal(new Root("rootfs", Readonly: true), spec.Root);
        Assert.DoesNotContain(spec.Mounts!, mount => mount.Destination == "/" || mount.Type == "overlay");
        Assert.Equal("/proc", spec.Mounts![0].Destination);
    }

    [Fact]
    public void Says_which_devices_it_may_use_because_runtimes_write_the_rules_anew() =>
        Assert.Equal(Devices, StandardSpec.Of(Own(ContainerLife.Spec()), Devices).Linux!.Resources!.Devices!);

    [Fact]
    public void Says_the_domain_name_in_a_way_that_runtimes_of_version_1_0_know()
    {
        var own = Own(ContainerLife.Spec() with { Domainname = "example.org", Sysctls = ImmutableSortedDictionary<string, string>.Empty.Add("net.core.somaxconn", "64") });

        var spec = StandardSpec.Of(own, Devices);

        Assert.Null(spec.Domainname);
        Assert.Equal(("example.org", "64"), (spec.Linux!.Sysctl!["kernel.domainname"], spec.Linux.Sysctl["net.core.somaxconn"]));
        Assert.Equal("1.0.2", spec.OciVersion);
    }

    [Fact]
    public void Passes_on_the_services_annotations_and_keeps_ours()
    {
        var own = Own(ContainerLife.Spec() with { Init = true, Annotations = ImmutableSortedDictionary<string, string>.Empty.Add("com.example.a", "b") });

        Assert.Equal([KeyValuePair.Create("com.example.a", "b")], StandardSpec.Of(own, Devices).Annotations!);
        Assert.Null(StandardSpec.Of(Own(ContainerLife.Spec()), Devices).Annotations);
    }

    [Fact]
    public void Mounts_an_init_of_the_host_and_runs_the_command_under_it()
    {
        var spec = StandardSpec.Of(Own(ContainerLife.Spec() with { Init = true }), Devices, "/usr/bin/catatonit");

        Assert.Equal(["/run/devoxx/init", "--", "sleep", "1"], spec.Process!.Args!);
        var mount = spec.Mounts![^1];
        Assert.Equal(("/usr/bin/catatonit", "/run/devoxx/init"), (mount.Source, mount.Destination));
    }

    private static RuntimeSpec Own(ContainerSpec spec) => RuntimeSpecBuilder.Build(spec, new BundleInput(
        "/b", "/devoxx/x", ["/l/base"], new UserIdentity(0, 0, [0], "/root", "root"), ImmutableDictionary<string, string>.Empty, ["CAP_CHOWN"], [],
        Seccomp: new Oci.Seccomp { DefaultAction = "SCMP_ACT_ALLOW" }, SeccompFilter: "/run/devoxx/seccomp/x"));
}
