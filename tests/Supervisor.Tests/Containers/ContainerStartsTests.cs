using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Containers;

/// <summary>How a container comes to a run when it depends on others.</summary>
public sealed class ContainerStartsTests
{
    private static readonly RestartPolicy Always = RestartPolicy.Of(RestartCondition.Always);
    private static readonly StartGate Healthy = StartGate.Wait("waiting for db to become healthy");

    [Fact]
    public void Waits_in_a_journaled_state_for_what_it_depends_on_and_starts_when_that_is_ready()
    {
        var life = Created().Tell(new StartContainer(2, "up", Healthy));

        Assert.Equal("waiting for db to become healthy", life.Event<ContainerWaiting>().Reason);
        Assert.Equal(ContainerPhase.Waiting, life.State.Phase);
        Assert.Equal(2, life.Effect<AwaitStart>().Order);

        life.Tell(new DependenciesChanged(StartGate.Open with { Follows = ImmutableSortedDictionary<string, int>.Empty.Add("db", 3) }));

        var start = life.Event<ContainerStartRequested>();
        Assert.Equal(("up", 1, 3), (start.Cause, start.Run, start.Follows!["db"]));
        Assert.Null(life.State.Waiting);
    }

    [Fact]
    public void The_same_reason_again_is_no_news_and_another_one_is()
    {
        var life = Created().Tell(new StartContainer(2, "up", Healthy));

        Assert.Empty(life.Tell(new DependenciesChanged(Healthy)).Events);
        Assert.Equal("waiting for db to be started", life.Tell(new DependenciesChanged(StartGate.Wait("waiting for db to be started"))).Event<ContainerWaiting>().Reason);
    }

    [Fact]
    public void Fails_clearly_when_a_dependency_cannot_come_any_more()
    {
        var life = Created().Tell(new StartContainer(2, "up", Healthy)).Tell(new DependenciesChanged(StartGate.Fail("db is unhealthy")));

        Assert.Equal("db is unhealthy", life.Effect<AnswerStarts>().Error);
        Assert.Equal((ContainerPhase.Created, "db is unhealthy"), (life.State.Phase, life.State.GaveUp));
    }

    [Fact]
    public void Waits_when_it_restarts_by_policy_as_it_did_the_first_time()
    {
        var life = ContainerLife.Running(Always).Exit(1).Tell(new BackOffElapsed(1, Healthy));

        Assert.Equal((1, false), (life.Event<ContainerWaiting>().Attempt, life.State.Waiting!.Asked));
        var again = life.Tell(new DependenciesChanged(StartGate.Open)).Event<ContainerStartRequested>();
        Assert.Equal((1, StartedBy.Policy), (again.Attempt, again.StartedBy));
        Assert.Equal(1, life.State.Restarts);
        Assert.True(life.State.ByItself);
    }

    [Fact]
    public void Is_stopped_and_removed_while_it_waits()
    {
        var stopped = Created().Tell(new StartContainer(2, "up", Healthy)).Tell(new StopContainer(3, null, "stop"));
        Assert.Equal(ContainerPhase.Created, stopped.State.Phase);
        Assert.Equal("it was stopped while waiting for db to become healthy", stopped.Effect<AnswerStarts>().Error);

        var removed = Created().Tell(new StartContainer(2, "up", Healthy)).Tell(new RemoveContainer(3, "down"));
        Assert.Equal(ContainerPhase.Removing, removed.State.Phase);
        Assert.NotNull(removed.Effect<AnswerStarts>().Error);
    }

    [Fact]
    public void Who_does_not_want_to_wait_any_longer_is_answered_and_the_container_waits_on()
    {
        var life = Created().Tell(new StartContainer(2, "up", Healthy)).Tell(new AbandonWait("too late"));

        Assert.Equal("too late", life.Effect<AnswerStarts>().Error);
        Assert.Equal(ContainerPhase.Waiting, life.State.Phase);
    }

    [Fact]
    public void Follows_a_dependency_down_and_up_again()
    {
        var life = ContainerLife.Running().Tell(new FollowDependency("db has been started again"));
        Assert.True(life.Event<ContainerStopRequested>().ThenStart);

        life.Exit(143, 15);
        Assert.Equal("db has been started again", life.Event<ContainerExited>().Cause);
        Assert.Equal((ContainerPhase.Waiting, false), (life.State.Phase, life.State.Waiting!.Asked));

        var start = life.Tell(new DependenciesChanged(StartGate.Open)).Event<ContainerStartRequested>();
        Assert.Equal((2, "db has been started again", 0, StartedBy.Dependency), (start.Run, start.Cause, start.Attempt, start.StartedBy));
        Assert.True(life.State.ByItself);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stays_down_when_somebody_stops_it_while_it_follows(bool kill)
    {
        var life = ContainerLife.Running().Tell(new FollowDependency("db")).Tell(
            kill ? new KillContainer(3, 9, "kill") : new StopContainer(3, null, "stop"));

        life.Exit(137, 9);

        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
        Assert.Null(life.State.Waiting);
    }

    [Fact]
    public void A_run_has_on_record_who_started_it_however_long_that_waited()
    {
        var life = Created().Tell(new StartContainer(2, "there is none yet", Healthy, StartedBy: StartedBy.Up)).Tell(new DependenciesChanged(StartGate.Open));
        Assert.Equal(StartedBy.Up, life.Event<ContainerStartRequested>().StartedBy);

        life.Tell(new ContainerPrepared(1)).Tell(new MonitorStarted(1, new RunningProcess(100, 7, 99, 6, "boot"))).Exit(0);
        Assert.Equal((StartedBy.Up, "there is none yet"), (life.Event<ContainerExited>().StartedBy, life.Event<ContainerExited>().StartedBecause));
        Assert.Equal(StartedBy.User, life.Tell(new StartContainer(3, "start")).Event<ContainerStartRequested>().StartedBy);
    }

    [Fact]
    public void Remembers_that_its_dependencies_do_not_count()
    {
        var life = Created().Tell(new StartContainer(2, "up", null, Ungated: true));

        Assert.True(life.State.Ungated);
    }

    [Fact]
    public void Has_another_name_from_when_that_is_in_the_journal()
    {
        var life = ContainerLife.Running().Tell(new RenameContainer(3, "aside", "an update"));

        Assert.Equal("shop-web-1", life.Event<ContainerRenamed>().Subject.Container);
        Assert.Equal(("aside", "aside"), (life.State.Spec!.Name, life.State.Spec.Subject.Container));
    }

    private static ContainerLife Created() => new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(), "new"));
}
