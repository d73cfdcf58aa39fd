using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class OneOffPlannerTests
{
    private const string Shop = """
        services:
          web: {image: a, depends_on: [db], restart: always, ports: ["80:80"]}
          db: {image: a}
          other: {image: a}
        """;

    [Fact]
    public void Starts_what_it_needs_and_nothing_else()
    {
        var plan = Up(Load(Shop), wish: Run("web"));
        Assert.Equal(
            """
            1 create shop-db-1: there is none yet
            2 start shop-db-1: there is none yet (after 1)
            3 create shop-web-run-1: run
            4 start shop-web-run-1: run (after 3, 2)
            """, plan.ToString());
        Assert.Equal(["3 create shop-web-run-1: run".Replace("3 ", "1 "), "2 start shop-web-run-1: run (after 1)"], Up(Load(Shop), wish: Run("web") with { NoDeps = true }).ToString().Split('\n'));
    }

    [Fact]
    public void Is_marked_and_no_policy_starts_it_again()
    {
        var spec = Created(Up(Load(Shop), wish: Run("other"))).Single();
        Assert.True(spec.IsOneOff);
        Assert.Equal("True", spec.Labels["com.docker.compose.oneoff"]);
        Assert.Equal(RestartPolicy.No, spec.Restart);
    }

    [Fact]
    public void Is_no_replica_to_any_other_plan()
    {
        var project = Load(Shop);
        var there = After(Up(project), After(Up(project)));
        there = there with { Containers = After(Up(project)).Containers };
        there = After(Up(project, there, Run("other")), there);

        Assert.Empty(Up(project, there).Operations);
        Assert.DoesNotContain(ServicesPlanner.Stop(project, [], null, there).Operations, o => o.Name.Contains("-run-"));
        Assert.DoesNotContain(ServicesPlanner.Restart(project, ["other"], null, false, there).Operations, o => o.Name.Contains("-run-"));
        Assert.DoesNotContain(PausePlanner.Pause(project, [], there).Operations, o => o.Name.Contains("-run-"));
        Assert.DoesNotContain(RemovePlanner.Remove(project, [], true, false, there).Operations, o => o.Name.Contains("-run-"));
        Assert.Contains(DownPlanner.Make(project, new DownWish([], false, true, null), there).Operations, o => o.Kind == OperationKind.RemoveContainer && o.Name == "shop-other-run-1");
    }

    [Fact]
    public void Counts_as_an_orphan_once_it_has_ended()
    {
        var project = Load(Shop);
        var there = After(Up(project));
        there = After(Up(project, there, Run("other")), there);
        Assert.Empty(Up(project, there).Warnings);

        var ended = there with { Containers = [.. there.Containers.Select(c => c.Spec.IsOneOff ? c with { Phase = ContainerPhase.Exited } : c)] };
        Assert.Contains("shop-other-run-1", Assert.Single(Up(project, ended).Warnings));
        Assert.Equal("1 remove shop-other-run-1: it was made by run and has ended", Up(project, ended, Wish() with { RemoveOrphans = true }).ToString());
    }

    [Fact]
    public void Refuses_a_name_that_is_taken_and_a_service_that_is_not_there()
    {
        var there = After(Up(Load(Shop), wish: Run("other")));
        Assert.Contains("is there already", Assert.Single(Up(Load(Shop), there, Run("other")).Errors));
        Assert.Equal(["no such service: nothing"], Up(Load(Shop), wish: Run("nothing")).Errors);
    }

    [Fact]
    public void Goes_with_its_anonymous_volumes_when_it_was_to()
    {
        var there = After(Up(Load("services: {web: {image: a, volumes: [/cache]}}"), wish: Run("web")));
        var spec = there.Containers.Single().Spec;
        Assert.Empty(RemovePlanner.AutoRemove(spec, there).Operations);
        there = there with { Volumes = [spec.Mounts.Single().Source], Containers = [there.Containers.Single() with { Phase = ContainerPhase.Exited }] };
        Assert.Equal(
            $"1 remove shop-web-run-1: run --rm: it has ended\n2 remove volume {spec.Mounts.Single().Source}: run --rm: it has ended (after 1)",
            RemovePlanner.AutoRemove(spec, there).ToString());
        Assert.Empty(RemovePlanner.AutoRemove(spec, Observation.Nothing).Operations);
    }

    private static UpWish Run(string service) => Wish() with { OneOff = new OneOffWish(service, $"shop-{service}-run-1") };
}
