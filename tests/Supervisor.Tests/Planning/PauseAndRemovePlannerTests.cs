using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;
using static Devoxx.Supervisor.Tests.Planning.PlannerFixture;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class PauseAndRemovePlannerTests
{
    private static readonly Compose.Project Project = Load("""
        services:
          web: {image: a, depends_on: [db], scale: 2}
          db: {image: a, volumes: [/data]}
        """);

    private static readonly Observation There = After(Up(Project));

    [Fact]
    public void Pauses_what_runs()
    {
        Assert.Equal("1 pause shop-db-1: pause\n2 pause shop-web-1: pause\n3 pause shop-web-2: pause", PausePlanner.Pause(Project, [], There).ToString());
        Assert.Equal("1 pause shop-db-1: pause", PausePlanner.Pause(Project, ["db"], There).ToString());
    }

    [Fact]
    public void Pausing_twice_fails_and_so_does_an_unknown_service()
    {
        var paused = Paused("shop-db-1");
        Assert.Equal(["container shop-db-1 is already paused"], PausePlanner.Pause(Project, ["db"], paused).Errors);
        Assert.Equal(["no such service: x"], PausePlanner.Pause(Project, ["x"], There).Errors);
        Assert.Equal(["container shop-db-1 is not paused"], PausePlanner.Unpause(Project, ["db"], There).Errors);
        // Without names it is enough that something is left to do.
        Assert.Equal(2, PausePlanner.Pause(Project, [], paused).Operations.Length);
        Assert.Equal(3, PausePlanner.Pause(Project, [], Paused("shop-db-1", "shop-web-1", "shop-web-2")).Errors.Length);
        Assert.Equal("1 unpause shop-db-1: unpause", PausePlanner.Unpause(Project, [], paused).ToString());
        Assert.Equal(["nothing to pause: no container runs of db"], PausePlanner.Pause(Project, ["db"], Stopped("shop-db-1")).Errors);
    }

    [Fact]
    public void Removes_only_what_is_stopped_unless_told_to_stop_it()
    {
        Assert.Equal("1 remove shop-db-1: rm", RemovePlanner.Remove(Project, [], false, false, Stopped("shop-db-1")).ToString());
        Assert.Empty(RemovePlanner.Remove(Project, [], false, false, There).Operations);
        Assert.Equal(
            """
            1 stop shop-web-1: rm --stop
            2 remove shop-web-1: rm (after 1)
            3 stop shop-web-2: rm --stop
            4 remove shop-web-2: rm (after 3)
            5 stop shop-db-1: rm --stop (after 1, 3)
            6 remove shop-db-1: rm (after 5)
            """, RemovePlanner.Remove(Project, [], true, false, There).ToString());
    }

    [Fact]
    public void Removes_anonymous_volumes_when_asked()
    {
        var volume = There.Containers.SelectMany(c => c.Spec.Mounts).Single().Source;
        var there = Stopped("shop-db-1") with { Volumes = [volume] };
        Assert.Equal($"1 remove shop-db-1: rm\n2 remove volume {volume}: rm (after 1)", RemovePlanner.Remove(Project, ["db"], false, true, there).ToString());
    }

    [Fact]
    public void A_signal_for_one_container_goes_to_that_one_only()
    {
        Assert.Equal("1 kill shop-web-2: SIGINT passed on", ServicesPlanner.Kill(Project, [], 2, There, "shop-web-2").ToString());
        Assert.Equal(["container x does not run"], ServicesPlanner.Kill(Project, [], 2, There, "x").Errors);
    }

    private static Observation Paused(params string[] names) =>
        There with { Containers = [.. There.Containers.Select(c => c with { IsPaused = names.Contains(c.Name) })] };

    private static Observation Stopped(params string[] names) =>
        There with { Containers = [.. There.Containers.Select(c => names.Contains(c.Name) ? c with { Phase = ContainerPhase.Exited } : c)] };
}
