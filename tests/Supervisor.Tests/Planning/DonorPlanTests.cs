using System.Collections.Immutable;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

/// <summary>Containers that have something of another's: <c>volumes_from</c>, <c>ipc</c>, <c>pid</c>.</summary>
public sealed class DonorPlanTests
{
    private const string Stack = """
        services:
          reader: {image: x, volumes_from: ["writer:ro", "writer2"], volumes: ["/own:/shared/two"]}
          writer: {image: x, volumes: ["data:/data", "/anonymous", "/shared/two:/shared/two"], tmpfs: [/run]}
          writer2: {image: x, volumes: ["/host:/host:ro"]}
        volumes: {data: {}}
        """;

    [Fact]
    public void Has_the_mounts_of_its_donors_under_its_own_and_above_those_of_its_image()
    {
        var plan = Up(Load(Stack), image: new ImageConfig { Cmd = ["sh"], Volumes = ImmutableDictionary<string, EmptyObject?>.Empty.Add("/image", null) });

        var (reader, writer) = (Created(plan).Single(c => c.Service == "reader"), Created(plan).Single(c => c.Service == "writer"));
        Assert.Equal(["/anonymous", "/data", "/host", "/image", "/shared/two"], reader.Mounts.Select(m => m.Target).Order());
        Assert.Equal(("shop_data", true, "shop-writer-1"), Of(reader, "/data"));
        Assert.Equal((Of(writer, "/anonymous").Source, true, "shop-writer-1"), Of(reader, "/anonymous"));
        Assert.Equal(("/host", true, "shop-writer2-1"), Of(reader, "/host"));
        Assert.Equal(("/own", false, null), Of(reader, "/shared/two"));
        Assert.Equal("shop-writer2-1", Of(reader, "/image").From);
        Assert.All(plan.Operations.Where(o => o.Name == "shop-reader-1" && o.Kind == OperationKind.StartContainer), o => Assert.Equal(2, o.After.Length - 1));
    }

    [Fact]
    public void Is_made_anew_with_its_donor_and_keeps_the_donors_anonymous_volume()
    {
        var before = Up(Load(Stack));
        var there = After(before);
        Assert.Empty(Up(Load(Stack), there).Operations);

        var changed = Load(Stack.Replace("tmpfs: [/run]", "tmpfs: [/tmp]"));
        var plan = Up(changed, there);

        Assert.Contains("remove shop-reader-1: shop-writer-1, whose volumes it has, is made anew", plan.ToString());
        Assert.Equal(Of(Created(before).Single(c => c.Service == "reader"), "/anonymous"), Of(Created(plan).Single(c => c.Service == "reader"), "/anonymous"));

        // Only the donor is asked for: the other follows when it is.
        var apart = Up(changed, there, Wish("writer") with { RenewAnonymousVolumes = true });
        Assert.DoesNotContain("reader", apart.ToString());
        Assert.Contains("shop-writer-1, whose volumes it has, has others now", Up(changed, After(apart, there)).ToString());
    }

    [Fact]
    public void Cannot_be_made_without_its_donor()
    {
        var project = Load("""
            services:
              vol: {image: x, volumes_from: [donor]}
              net: {image: x, network_mode: "service:donor"}
              ipc: {image: x, ipc: "service:donor"}
              pid: {image: x, pid: "service:donor"}
              donor: {image: x, ipc: shareable}
            """);

        Assert.Equal(
            ["service ipc: ipc: service donor has no container; leave out --no-deps, or say `up donor` first",
                "service net: network_mode: service donor has no container; leave out --no-deps, or say `up donor` first",
                "service pid: pid: service donor has no container; leave out --no-deps, or say `up donor` first",
                "service vol: volumes_from: service donor has no container; leave out --no-deps, or say `up donor` first"],
            Up(project, wish: Wish("vol", "net", "ipc", "pid") with { NoDeps = true }).Errors);
        Assert.Empty(Up(project, After(Up(project, wish: Wish("donor"))), Wish("vol", "net", "ipc", "pid") with { NoDeps = true }).Errors);
        Assert.Equal(["service s: volumes_from: there is no container other-db-1"], Up(Load("services: {s: {image: x, volumes_from: ['container:other-db-1:ro']}}")).Errors);
        Assert.Equal(["service s: volumes_from: t:ro:u is neither SERVICE[:ro|rw] nor container:NAME[:ro|rw]"], Up(Load("services: {s: {image: x, volumes_from: ['t:ro:u']}, t: {image: x}}")).Errors);
    }

    [Fact]
    public void Takes_the_volumes_of_another_projects_container()
    {
        var other = ContainerLifeSpec("other-db-1") with { Mounts = [new MountSpec(MountKind.Volume, "other_data", "/data")] };
        var there = Observation.Nothing with { Foreign = ImmutableSortedDictionary<string, ContainerSpec>.Empty.Add("other-db-1", other) };

        var made = Assert.Single(Created(Up(Load("services: {s: {image: x, volumes_from: ['container:other-db-1:ro']}}"), there)));

        Assert.Equal(("other_data", true, "other-db-1"), Of(made, "/data"));
    }

    [Fact]
    public void A_shared_anonymous_volume_goes_with_the_last_of_those_who_have_it()
    {
        var project = Load("""
            services:
              a: {image: x, volumes: [/data]}
              b: {image: x, volumes_from: [a]}
            """);
        var there = After(Up(project));
        var volume = there.Containers.SelectMany(c => c.Spec.Mounts).First().Source;
        there = there with { Volumes = [volume], Containers = [.. there.Containers.Select(c => c with { Phase = ContainerPhase.Exited })] };

        Assert.DoesNotContain("volume", RemovePlanner.Remove(project, ["a"], false, true, there).ToString());
        Assert.Contains($"3 remove volume {volume}: rm (after 2, 1)", RemovePlanner.Remove(project, [], false, true, there).ToString());
    }

    [Fact]
    public void Down_leaves_the_volumes_of_another_projects_container_alone_and_finds_those_of_a_donor_that_is_gone()
    {
        var project = Load("services: {s: {image: x, volumes_from: ['container:other-db-1', t], volumes: [/own]}, t: {image: x, volumes: [/data]}}");
        var other = ContainerLifeSpec("other-db-1") with { Mounts = [new MountSpec(MountKind.Volume, "theirs", "/theirs", Anonymous: true)] };
        var there = After(Up(project, Observation.Nothing with { Foreign = ImmutableSortedDictionary<string, ContainerSpec>.Empty.Add("other-db-1", other) }));
        var all = there.Containers.SelectMany(c => c.Spec.Mounts).Select(m => m.Source).ToImmutableHashSet();
        there = there with { Volumes = all, AnonymousVolumes = all.Remove("theirs"), Containers = [.. there.Containers.Where(c => c.Spec.Service == "s")] };

        var removed = DownPlanner.Make(project, new DownWish([], Volumes: true, RemoveOrphans: false, null), there).Operations
            .Where(o => o.Kind == OperationKind.RemoveVolume).Select(o => o.Name);

        Assert.Equal(all.Remove("theirs").Order(StringComparer.Ordinal), removed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shares_namespaces_with_whom_the_file_names_and_is_made_anew_with_them()
    {
        const string Yaml = """
            services:
              one: {image: x, ipc: "service:donor", pid: "container:elsewhere", uts: host, cgroup: host, userns_mode: host}
              donor: {image: x, ipc: shareable, container_name: giver, environment: {A: "1"}}
              plain: {image: x, ipc: private, pid: "", cgroup: private, cgroup_parent: batch/jobs/}
            """;
        var plan = Up(Load(Yaml));
        var made = Created(plan).ToDictionary(c => c.Service);

        Assert.Equal(new NamespaceModes("container:giver", "container:elsewhere", "host", "host"), made["one"].Namespaces);
        Assert.Equal("", made["one"].Hostname);
        Assert.Equal(new NamespaceModes("shareable"), made["donor"].Namespaces);
        Assert.Null(made["plain"].Namespaces);
        Assert.Equal("/batch/jobs", made["plain"].CgroupParent);
        Assert.Contains("giver, whose namespaces it shares, is made anew", Up(Load(Yaml.Replace("A: \"1\"", "A: \"2\"")), After(plan)).ToString());
    }

    [Theory]
    [InlineData("ipc: 'service:private'", "ipc: service:private does not let others in; say `ipc: shareable` there")]
    [InlineData("ipc: everybody", "ipc: everybody is not known; it is host, none, shareable, private, service:NAME or container:NAME")]
    [InlineData("uts: 'service:private'", "uts: service:private is not known; it is host, private")]
    [InlineData("userns_mode: auto", "userns_mode: auto is not known; it is host, or left out")]
    [InlineData("{uts: host, hostname: a}", "hostname would change this machine's name with uts: host; leave one of them out")]
    [InlineData("cgroup_parent: ../up", "cgroup_parent: ../up is no path of a cgroup; say e.g. /batch")]
    public void Refuses_what_cannot_be_shared(string says, string error)
    {
        var extra = says.StartsWith('{') ? says[1..^1] : says;
        Assert.Equal(["service s: " + error], Up(Load($"services: {{s: {{image: x, {extra}}}, private: {{image: x}}}}")).Errors);
    }

    private static (string Source, bool ReadOnly, string? From) Of(ContainerSpec spec, string target) =>
        spec.Mounts.Where(m => m.Target == target).Select(m => (m.Source, m.ReadOnly, m.From)).Single();

    private static ContainerSpec ContainerLifeSpec(string name) => Containers.ContainerLife.Spec() with { Name = name };
}
