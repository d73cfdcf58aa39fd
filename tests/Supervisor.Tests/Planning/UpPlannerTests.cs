using System.Collections.Immutable;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class UpPlannerTests
{
    private const string TwoServices = """
        services:
          web: {image: a, depends_on: [db]}
          db: {image: a, volumes: ["data:/data"]}
        volumes: {data: {}}
        """;

    [Fact]
    public void Creates_everything_at_once_and_starts_dependencies_first()
    {
        Assert.Equal(
            """
            1 create volume shop_data: there is none yet
            2 create shop-db-1: there is none yet (after 1)
            3 start shop-db-1: there is none yet (after 2)
            4 create shop-web-1: there is none yet
            5 start shop-web-1: there is none yet (after 4, 3)
            """, Up(Load(TwoServices)).ToString());
    }

    [Fact]
    public void Does_nothing_when_nothing_has_changed()
    {
        var project = Load(TwoServices);
        var plan = Up(project, After(Up(project)));

        Assert.Empty(plan.Operations);
        Assert.Equal(["shop-db-1", "shop-web-1"], plan.Unchanged.Order());
    }

    [Fact]
    public void Recreates_only_the_service_whose_configuration_has_changed_and_says_why()
    {
        var there = After(Up(Load(TwoServices)));
        var plan = Up(Load(TwoServices.Replace("{image: a, depends_on", "{image: a, environment: {X: y}, depends_on")), there);

        Assert.Equal(
            """
            1 stop shop-web-1: its configuration has changed
            2 remove shop-web-1: its configuration has changed (after 1)
            3 create shop-web-1: its configuration has changed (after 2)
            4 start shop-web-1: its configuration has changed (after 3)
            """, plan.ToString());
    }

    [Fact]
    public void Recreates_a_container_when_its_image_changes()
    {
        var project = Load("services: {web: {image: a}}");
        var plan = Up(project, After(Up(project)), imageId: "sha256:two");

        Assert.All(plan.Operations, o => Assert.Equal("its image a has changed", o.Cause));
        Assert.Equal(4, plan.Operations.Length);
    }

    [Fact]
    public void Recreates_nothing_when_told_not_to_and_everything_when_told_to()
    {
        var project = Load("services: {web: {image: a}}");
        var there = After(Up(project));

        Assert.Empty(Up(project, there, Wish() with { Recreate = RecreatePolicy.Never }, imageId: "sha256:two").Operations);
        Assert.Equal(4, Up(project, there, Wish() with { Recreate = RecreatePolicy.Always }).Operations.Length);
    }

    [Fact]
    public void Starts_again_what_is_there_and_does_not_run()
    {
        var project = Load("services: {web: {image: a}}");
        var there = After(Up(project));
        there = there with { Containers = [.. there.Containers.Select(c => c with { Phase = ContainerPhase.Exited })] };

        Assert.Equal("1 start shop-web-1: it is exited", Up(project, there).ToString());
    }

    [Fact]
    public void Makes_anew_what_is_half_removed()
    {
        var project = Load("services: {web: {image: a}}");
        var there = After(Up(project));
        there = there with { Containers = [.. there.Containers.Select(c => c with { Phase = ContainerPhase.Removing })] };

        Assert.Equal(
            "1 remove shop-web-1: it is half removed\n2 create shop-web-1: it is half removed (after 1)\n3 start shop-web-1: it is half removed (after 2)",
            Up(project, there).ToString());
    }

    [Fact]
    public void Scales_up_into_free_numbers_and_down_from_the_highest()
    {
        var project = Load("services: {web: {image: a}}");
        var three = After(Up(project, wish: Scaled(3)));
        Assert.Equal(["shop-web-1", "shop-web-2", "shop-web-3"], three.Containers.Select(c => c.Name));

        var down = Up(project, three, Scaled(1));
        Assert.Equal(["shop-web-2", "shop-web-3"], down.Operations.Where(o => o.Kind == OperationKind.RemoveContainer).Select(o => o.Name));

        var withGap = three with { Containers = three.Containers.RemoveAll(c => c.Spec.Number == 2) };
        Assert.Equal(["shop-web-2"], Created(Up(project, withGap, Scaled(3))).Select(s => s.Name));
    }

    [Fact]
    public void Scaling_to_zero_removes_all_replicas()
    {
        var project = Load("services: {web: {image: a}}");

        Assert.Equal(2, Up(project, After(Up(project)), Scaled(0)).Operations.Length);
    }

    [Fact]
    public void Stale_replicas_go_before_those_that_are_as_wanted()
    {
        var project = Load("services: {web: {image: a}}");
        var two = After(Up(project, wish: Scaled(2)));
        var stale = two.Containers[0] with { Spec = two.Containers[0].Spec with { ConfigHash = "old" } };
        var plan = Up(project, two with { Containers = [stale, two.Containers[1]] }, Scaled(1));

        Assert.Equal(["shop-web-1"], plan.Operations.Where(o => o.Kind == OperationKind.RemoveContainer).Select(o => o.Name));
        Assert.Empty(Created(plan));
    }

    [Fact]
    public void Starts_only_what_is_named_and_what_it_depends_on()
    {
        var project = Load("services: {a: {image: i, depends_on: [b]}, b: {image: i}, c: {image: i}}");

        Assert.Equal(["shop-b-1", "shop-a-1"], Created(Up(project, wish: Wish("a"))).Select(s => s.Name));
        Assert.Equal(["shop-a-1"], Created(Up(project, wish: Wish("a") with { NoDeps = true })).Select(s => s.Name));
    }

    [Fact]
    public void Refuses_services_that_are_not_there()
    {
        Assert.Equal(["no such service: wbe"], Up(Load("services: {web: {image: a}}"), wish: Wish("wbe")).Errors);
    }

    [Fact]
    public void Warns_of_orphans_and_removes_them_when_asked()
    {
        var there = After(Up(Load(TwoServices)));
        var smaller = Load("services: {web: {image: a}}");

        Assert.Contains("shop-db-1", Assert.Single(Up(smaller, there).Warnings));
        Assert.Contains(
            Up(smaller, there, Wish() with { RemoveOrphans = true }).Operations, o => o is { Kind: OperationKind.RemoveContainer, Name: "shop-db-1" });
    }

    [Fact]
    public void Refuses_one_name_for_two_replicas()
    {
        Assert.Contains("container_name taken", Assert.Single(Up(Load("services: {web: {image: i, container_name: taken}}"), wish: Scaled(2)).Errors));
    }

    [Fact]
    public void Refuses_an_external_volume_that_is_not_there()
    {
        var project = Load("""
            services: {a: {image: i, volumes: ["vol:/v1"]}}
            volumes: {vol: {external: true, name: shared}}
            """);

        Assert.Contains("volume shared is external", Assert.Single(Up(project).Errors));
        Assert.Empty(Up(project, new Observation([], ["shared"])).Errors);
    }

    [Fact]
    public void Anonymous_volumes_go_over_to_the_container_that_replaces_theirs_unless_renewed()
    {
        var project = Load("services: {a: {image: i, volumes: [/data]}}");
        var there = After(Up(project));
        var before = Assert.Single(there.Containers[0].Spec.Mounts).Source;

        Assert.Equal(before, Created(Up(project, there, Wish() with { Recreate = RecreatePolicy.Always }))[0].Mounts[0].Source);
        Assert.NotEqual(
            before, Created(Up(project, there, Wish() with { Recreate = RecreatePolicy.Always, RenewAnonymousVolumes = true }))[0].Mounts[0].Source);
    }

    [Fact]
    public void Volumes_that_the_image_declares_are_anonymous_volumes()
    {
        var image = new ImageConfig { Cmd = ["x"], Volumes = new Dictionary<string, EmptyObject?> { ["/var/lib/db"] = null, ["/mine"] = null } };
        var spec = Created(Up(Load("services: {a: {image: i, volumes: [\"vol:/mine\"]}}\nvolumes: {vol: {}}"), image: image))[0];

        Assert.True(Assert.Single(spec.Mounts, m => m.Target == "/var/lib/db").Anonymous);
        Assert.False(Assert.Single(spec.Mounts, m => m.Target == "/mine").Anonymous);
    }

    private static UpWish Scaled(int replicas) => Wish() with { Scale = ImmutableSortedDictionary<string, int>.Empty.Add("web", replicas) };
}
