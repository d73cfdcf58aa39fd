using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class DownAndServicesPlannerTests
{
    private const string Chain = """
        services:
          web: {image: a, depends_on: [db]}
          db: {image: a, volumes: ["data:/data", "/anonymous"]}
        volumes: {data: {}, theirs: {external: true}}
        """;

    [Fact]
    public void Down_stops_dependants_before_what_they_depend_on()
    {
        var project = Load(Chain);

        Assert.Equal(
            """
            1 stop shop-web-1: down
            2 remove shop-web-1: down (after 1)
            3 stop shop-db-1: down (after 1)
            4 remove shop-db-1: down (after 3)
            """, DownPlanner.Make(project, Down(), After(Up(project))).ToString());
    }

    [Fact]
    public void Down_removes_volumes_only_when_asked_and_never_external_ones()
    {
        var project = Load(Chain);
        var there = After(Up(project));
        var anonymous = there.Containers.SelectMany(c => c.Spec.Mounts).Single(m => m.Anonymous).Source;
        there = there with { Volumes = there.Volumes.Union(["shop_data", "theirs", anonymous]) };

        Assert.DoesNotContain(DownPlanner.Make(project, Down(), there).Operations, o => o.Kind == OperationKind.RemoveVolume);
        Assert.Equal(
            new[] { anonymous, "shop_data" }.Order(StringComparer.Ordinal),
            DownPlanner.Make(project, Down() with { Volumes = true }, there).Operations.Where(o => o.Kind == OperationKind.RemoveVolume).Select(o => o.Name));
    }

    [Fact]
    public void Down_takes_along_anonymous_volumes_whose_container_a_crash_has_taken_and_not_those_of_who_stays()
    {
        var there = After(Up(Load(Chain)));
        var used = there.Containers.SelectMany(c => c.Spec.Mounts).Single(m => m.Anonymous).Source;
        there = there with { Volumes = there.Volumes.Union(["abandoned", used]), AnonymousVolumes = ["abandoned", used] };

        var smaller = Load("services: {web: {image: a}}");
        Assert.Equal(["abandoned"], DownPlanner.Make(smaller, Down() with { Volumes = true }, there).Operations.Where(o => o.Kind == OperationKind.RemoveVolume).Select(o => o.Name));
    }

    [Fact]
    public void Down_without_a_file_takes_everything_there_is()
    {
        var there = After(Up(Load(Chain)));

        Assert.Equal(2, DownPlanner.Make(null, Down(), there).Operations.Count(o => o.Kind == OperationKind.RemoveContainer));
    }

    [Fact]
    public void Down_leaves_orphans_unless_asked()
    {
        var there = After(Up(Load(Chain)));
        var smaller = Load("services: {web: {image: a}}");

        Assert.Equal(["shop-web-1"], Removed(DownPlanner.Make(smaller, Down(), there)));
        Assert.Equal(["shop-db-1", "shop-web-1"], Removed(DownPlanner.Make(smaller, Down() with { RemoveOrphans = true }, there)).Order());
    }

    [Fact]
    public void Start_brings_what_the_service_depends_on_and_stop_touches_only_what_is_named()
    {
        var project = Load(Chain);
        var there = After(Up(project));
        var stopped = there with { Containers = [.. there.Containers.Select(c => c with { Phase = ContainerPhase.Exited })] };

        Assert.Equal("1 start shop-db-1: start\n2 start shop-web-1: start (after 1)", ServicesPlanner.Start(project, ["web"], stopped).ToString());
        Assert.Equal("1 stop shop-db-1: stop", ServicesPlanner.Stop(project, ["db"], null, there).ToString());
        Assert.Empty(ServicesPlanner.Stop(project, [], null, stopped).Operations);
    }

    [Fact]
    public void A_machine_that_stops_stops_everything_dependants_first_also_past_one_that_does_not_run()
    {
        var project = Load(Chain);
        var there = After(Up(project));
        there = there with
        {
            Containers = [.. there.Containers.Select(c => c.Name == "shop-web-1" ? c with { Phase = ContainerPhase.Exited } : c)
                .Append(there.Containers[0] with { Spec = there.Containers[0].Spec with { Id = new string('c', 64), Name = "shop-old-1", Service = "old" } })
                .Append(there.Containers[0] with { Spec = there.Containers[0].Spec with { Id = new string('d', 64), Name = "shop-web-run-1", Service = "web", Labels = there.Containers[0].Spec.Labels.SetItem("com.docker.compose.oneoff", "True") } })],
        };

        var plan = ServicesPlanner.Halt(project, there);

        Assert.Equal(
            """
            1 stop shop-web-run-1: the machine stops
            2 stop shop-old-1: the machine stops
            3 stop shop-db-1: the machine stops (after 1)
            """, plan.ToString());
        Assert.All(plan.Operations, o => Assert.True(o.ByHalt));
    }

    [Fact]
    public void Restart_keeps_the_containers_and_takes_along_who_asked_to_follow()
    {
        var project = Load(Chain.Replace("depends_on: [db]", "depends_on: {db: {condition: service_started, restart: true}}"));
        var there = After(Up(project));

        Assert.Equal(
            """
            1 stop shop-web-1: restart
            2 stop shop-db-1: restart (after 1)
            3 start shop-db-1: restart (after 2)
            4 start shop-web-1: restart (after 1, 3)
            """, ServicesPlanner.Restart(project, ["db"], null, false, there).ToString());
        Assert.Equal(2, ServicesPlanner.Restart(project, ["db"], null, noDeps: true, there).Operations.Length);
    }

    [Fact]
    public void Refuses_a_service_that_is_neither_in_the_file_nor_there()
    {
        Assert.Equal(["no such service: x"], ServicesPlanner.Stop(Load(Chain), ["x"], null, Observation.Nothing).Errors);
    }

    private static DownWish Down() => new([], Volumes: false, RemoveOrphans: false, StopGrace: null);

    private static IEnumerable<string> Removed(Plan plan) =>
        plan.Operations.Where(o => o.Kind == OperationKind.RemoveContainer).Select(o => o.Name);
}
