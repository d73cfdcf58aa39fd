using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class ContainerSicknessTests
{
    private static readonly HealthObserved Sick = new(1, HealthStatus.Unhealthy, "3 failures in a row", 3, []);

    [Fact]
    public void Journals_changes_only()
    {
        var life = Checked().Tell(Sick);
        Assert.Equal(3, life.Event<ContainerHealthChanged>().FailingStreak);

        Assert.Empty(life.Tell(Sick).Events);
        Assert.Equal(HealthStatus.Healthy, life.Tell(new HealthObserved(1, HealthStatus.Healthy, "its check succeeded", 0, [])).State.Health!.Status);
    }

    [Fact]
    public void Nothing_happens_to_the_sick_unless_asked_for()
    {
        Assert.IsType<ContainerHealthChanged>(Assert.Single(Checked().Tell(Sick).Events));
        Assert.Empty(Checked().Tell(Sick).Effects);
    }

    [Fact]
    public void Is_ended_and_restarted_when_asked_for_even_where_it_would_not_otherwise()
    {
        var life = Checked(UnhealthyAction.Restart).Tell(Sick);
        Assert.Equal(EndKind.Unhealthy, life.Event<ContainerEndRequested>().Kind);
        Assert.Equal(15, life.Effect<SendStopSignal>().Signal);

        life.Exit(0);
        Assert.Equal("unhealthy: 3 failures in a row", life.Event<ContainerExited>().Cause);
        Assert.Equal("unhealthy", life.Event<ContainerExited>().Health);
        Assert.Equal(1, life.Event<ContainerRestartScheduled>().Attempt);
    }

    [Fact]
    public void Is_killed_when_it_does_not_end()
    {
        var life = Checked(UnhealthyAction.Restart).Tell(Sick).Tell(new GraceElapsed(1));
        Assert.Equal(9, life.Effect<SendSignal>().Signal);

        life.Exit(137, 9);
        Assert.Equal("unhealthy: 3 failures in a row; killed: did not exit within the grace period of 10 s", life.Event<ContainerExited>().Cause);
    }

    [Fact]
    public void Is_stopped_for_good_when_asked_for()
    {
        var life = Checked(UnhealthyAction.Stop).Tell(Sick);
        Assert.Equal(ContainerPhase.Stopping, life.State.Phase);

        life.Exit(0);
        Assert.Equal("unhealthy, and on_unhealthy is stop: 3 failures in a row", life.Event<ContainerExited>().Cause);
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void A_recovered_end_gets_the_rest_of_its_grace_period()
    {
        var life = Checked(UnhealthyAction.Restart).Tell(Sick).After(TimeSpan.FromSeconds(4)).Tell(new FoundRunning());

        Assert.Equal(TimeSpan.FromSeconds(6), life.Effect<SendStopSignal>().Grace);
    }

    [Fact]
    public void Ready_is_healthy()
    {
        var life = Notifying().Tell(Say("READY=1\nSTATUS=serving"));

        Assert.Equal((true, "ready", "serving"), (life.State.Notified!.Ready, life.State.Notified.State, life.State.Notified.Status));
        Assert.Equal(HealthStatus.Healthy, life.State.Health!.Status);
        Assert.Equal(TimeSpan.FromSeconds(3), life.Effect<FeedWatchdog>().Watchdog);
    }

    [Fact]
    public void Ready_is_not_yet_healthy_where_a_check_has_a_word_in_it_too() =>
        Assert.Equal(HealthStatus.Starting, ContainerLife.Running(spec: spec => spec with { Health = new HealthSpec(["x"]), Notify = new NotifySpec() }).Tell(Say("READY=1")).State.Health!.Status);

    [Fact]
    public void Feeding_the_watchdog_is_not_journaled()
    {
        var life = Notifying().Tell(Say("READY=1")).Tell(Say("WATCHDOG=1"));

        Assert.Empty(life.Events);
        Assert.Equal(TimeSpan.FromSeconds(3), life.Effect<FeedWatchdog>().Watchdog);
    }

    [Fact]
    public void Nobody_is_hung_before_it_is_ready() => Assert.Empty(Notifying().Tell(Say("WATCHDOG=1")).Effects);

    [Fact]
    public void The_container_sets_its_watchdog_itself()
    {
        var life = Notifying().Tell(Say("READY=1")).Tell(Say("WATCHDOG_USEC=500000"));
        Assert.Equal(TimeSpan.FromMilliseconds(500), life.Effect<FeedWatchdog>().Watchdog);

        Assert.Null(life.Tell(Say("WATCHDOG_USEC=0")).Effect<FeedWatchdog>().Watchdog);
    }

    [Fact]
    public void The_hung_is_aborted_and_its_policy_takes_it_for_a_failure()
    {
        var life = Notifying(RestartPolicy.Of(RestartCondition.OnFailure)).Tell(Say("READY=1")).Tell(new WatchdogElapsed(1, TimeSpan.FromSeconds(3)));
        Assert.Equal((6, EndKind.Watchdog), (life.Effect<SendStopSignal>().Signal, life.Event<ContainerEndRequested>().Kind));

        life.Exit(0);
        Assert.Equal("watchdog: nothing heard for 3 s", life.Event<ContainerExited>().Cause);
        Assert.Equal(1, life.Event<ContainerRestartScheduled>().Attempt);
    }

    [Fact]
    public void Who_says_that_it_is_hung_is_believed() =>
        Assert.Equal(EndKind.Watchdog, Notifying().Tell(Say("WATCHDOG=trigger")).Event<ContainerEndRequested>().Kind);

    [Fact]
    public void A_status_alone_is_journaled_once_a_second()
    {
        var life = Notifying().Tell(Say("READY=1")).Tell(Say("STATUS=one"));
        Assert.Empty(life.Events);
        Assert.Equal(("one", TimeSpan.FromSeconds(1)), (life.Effect<RepeatStatus>().Status, life.Effect<RepeatStatus>().Delay));

        Assert.Equal("two", life.After(TimeSpan.FromSeconds(1)).Tell(Say("STATUS=two")).Event<ContainerNotified>().Status);
    }

    [Fact]
    public void Extends_the_grace_period_of_a_stop_and_nothing_else()
    {
        var life = Notifying().Tell(Say("READY=1\nEXTEND_TIMEOUT_USEC=60000000"));
        Assert.DoesNotContain(life.Effects, effect => effect is ExtendGrace);

        life.Tell(new StopContainer(3, null, "down")).Tell(Say("STOPPING=1\nEXTEND_TIMEOUT_USEC=60000000"));
        Assert.Equal(TimeSpan.FromMinutes(1), life.Effect<ExtendGrace>().Grace);
        Assert.Equal("stopping", life.State.Notified!.State);
    }

    [Fact]
    public void The_record_of_a_run_tells_what_it_was_started_by_and_its_last_words()
    {
        var exited = Checked().Tell(new RunEnded(
            1, null, null, RunEvidence.Of([new ProbeResult(ContainerLife.Start, TimeSpan.Zero, 1, new string('x', 900))], [.. Enumerable.Range(1, 12).Select(line => $"line {line}")]))).Event<ContainerExited>();

        Assert.Equal(("up", 100, "boot"), (exited.StartedBecause, exited.Pid, exited.BootId));
        Assert.Equal(500, Assert.Single(exited.Probes!.Value).Output.Length);
        Assert.Equal(("line 3", "line 12"), (exited.LastLines!.Value[0], exited.LastLines.Value[^1]));
    }

    private static NotificationReceived Say(string text) => new(1, NotifyMessage.Parse(System.Text.Encoding.UTF8.GetBytes(text)));

    private static ContainerLife Checked(UnhealthyAction action = UnhealthyAction.None) =>
        ContainerLife.Running(RestartPolicy.No with { OnUnhealthy = action }, spec: spec => spec with { Health = new HealthSpec(["probe"]) });

    private static ContainerLife Notifying(RestartPolicy? restart = null) =>
        ContainerLife.Running(restart, spec: spec => spec with { Notify = new NotifySpec(TimeSpan.FromSeconds(3)) });
}
