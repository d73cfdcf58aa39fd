using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class ContainerDecisionsTests
{
    private static readonly RestartPolicy Always = RestartPolicy.Of(RestartCondition.Always);

    [Fact]
    public void Journals_the_intent_to_start_before_anything_is_prepared()
    {
        var life = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(), "new")).Tell(new StartContainer(2, "up"));

        Assert.Equal(1, life.Event<ContainerStartRequested>().Run);
        Assert.Equal(1, life.Effect<PrepareRun>().Run);
        Assert.Equal(ContainerPhase.Starting, life.State.Phase);
    }

    [Fact]
    public void Starts_a_monitor_only_when_everything_is_prepared()
    {
        var life = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(), "new")).Tell(new StartContainer(2, "up")).Tell(new ContainerPrepared(1));

        Assert.Empty(life.Events);
        Assert.Equal(1, life.Effect<StartMonitor>().Run);
    }

    [Fact]
    public void Answers_a_start_when_the_command_runs()
    {
        var life = ContainerLife.Running();

        Assert.Null(life.Effect<AnswerStarts>().Error);
        Assert.Equal(100, life.State.Process!.Pid);
    }

    [Fact]
    public void Reports_a_failed_first_start_and_does_not_try_again_by_itself()
    {
        var life = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(Always), "new")).Tell(new StartContainer(2, "up"))
            .Tell(new PreparationFailed(1, "no such command", 127));

        Assert.Equal(127, life.Event<ContainerStartFailed>().ExitCode);
        Assert.Equal("no such command", life.Effect<AnswerStarts>().Error);
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void Tries_again_when_a_start_by_policy_fails()
    {
        var life = ContainerLife.Running(Always).Exit(1).Tell(new BackOffElapsed(1)).Tell(new PreparationFailed(2, "disk full", 125));

        Assert.Equal(2, life.Event<ContainerRestartScheduled>().Attempt);
        Assert.Equal(ContainerPhase.BackingOff, life.State.Phase);
    }

    [Fact]
    public void An_answer_of_an_earlier_run_changes_nothing()
    {
        var life = ContainerLife.Running();

        Assert.Empty(life.Tell(new ContainerPrepared(0)).Events);
        Assert.Empty(life.Tell(new GraceElapsed(1)).Events);
        Assert.Empty(life.Tell(new RunEnded(0, null, null)).Events);
    }

    [Fact]
    public void Stops_with_the_signal_and_grace_period_of_the_service()
    {
        var life = ContainerLife.Running().Tell(new StopContainer(3, null, "down"));

        var stop = life.Event<ContainerStopRequested>();
        Assert.Equal((15, TimeSpan.FromSeconds(10)), (stop.Signal, stop.Grace));
        Assert.Equal(15, life.Effect<SendStopSignal>().Signal);
    }

    [Fact]
    public void Kills_what_does_not_stop_within_its_grace_period_and_says_so()
    {
        var life = ContainerLife.Running().Tell(new StopContainer(3, null, "down")).Tell(new GraceElapsed(1));
        Assert.Equal(9, life.Effect<SendSignal>().Signal);

        life.Exit(137, 9);
        Assert.Equal("down; killed: did not exit within the grace period of 10 s", life.Event<ContainerExited>().Cause);
    }

    [Fact]
    public void Does_not_restart_what_was_stopped_on_purpose()
    {
        var life = ContainerLife.Running(Always).Tell(new StopContainer(3, null, "stop")).Exit(0);

        Assert.IsType<ContainerExited>(Assert.Single(life.Events));
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void A_stop_while_it_starts_stops_it_as_soon_as_it_runs()
    {
        var life = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(Always), "new")).Tell(new StartContainer(2, "up"))
            .Tell(new StopContainer(3, null, "down")).Tell(new MonitorStarted(1, new RunningProcess(100, 7, 99, 6, "boot")));

        Assert.Equal(ContainerPhase.Stopping, life.State.Phase);
        Assert.Equal(15, life.Effect<SendStopSignal>().Signal);
        Assert.Equal(ContainerPhase.Exited, life.Exit(143, 15).State.Phase);
    }

    [Fact]
    public void A_start_that_hangs_is_given_up_when_the_grace_period_of_its_stop_is_over()
    {
        var life = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(Always), "new")).Tell(new StartContainer(2, "up"))
            .Tell(new ContainerPrepared(1)).Tell(new StopContainer(3, TimeSpan.FromSeconds(4), "down"));
        Assert.Equal(TimeSpan.FromSeconds(4), life.Effect<ExtendGrace>().Grace);

        Assert.Equal(9, life.Tell(new GraceElapsed(1)).Effect<SendSignal>().Signal);
        Assert.IsType<AnswerStops>(Assert.Single(life.Tell(new PreparationFailed(1, "it was stopped while it started", 137)).Effects, e => e is AnswerStops));
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void Cancels_a_scheduled_start_when_it_is_stopped()
    {
        var life = ContainerLife.Running(Always).Exit(1).Tell(new StopContainer(3, null, "stop"));
        life.Effect<CancelTimers>();

        Assert.Empty(life.Tell(new BackOffElapsed(1)).Events);
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void Doubles_its_back_off_up_to_a_minute_and_begins_anew_after_a_long_run()
    {
        var life = ContainerLife.Running(Always);
        var delays = new List<double>();
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            life.Exit(1);
            delays.Add(life.Event<ContainerRestartScheduled>().Delay.TotalMilliseconds);
            life.Tell(new BackOffElapsed(attempt)).Tell(new ContainerPrepared(attempt + 1)).Tell(new MonitorStarted(attempt + 1, new RunningProcess(100, 7, 99, 6, "boot")));
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000], delays);
        life.After(TimeSpan.FromSeconds(10)).Exit(1);
        Assert.Equal(100, life.Event<ContainerRestartScheduled>().Delay.TotalMilliseconds);
    }

    [Fact]
    public void Gives_up_after_as_many_restarts_as_on_failure_allows()
    {
        var life = ContainerLife.Running(RestartPolicy.Of(RestartCondition.OnFailure, 1)).Exit(3);
        life.Tell(new BackOffElapsed(1)).Tell(new ContainerPrepared(2)).Tell(new MonitorStarted(2, new RunningProcess(100, 7, 99, 6, "boot"))).Exit(3);

        Assert.Contains("on-failure:1 allows 1 restart, and it failed; the last exit code was 3", life.Event<ContainerGaveUp>().Reason);
        Assert.Equal(ContainerPhase.Exited, life.State.Phase);
    }

    [Fact]
    public void Does_not_restart_on_failure_what_succeeded()
    {
        var life = ContainerLife.Running(RestartPolicy.Of(RestartCondition.OnFailure)).Exit(0);

        Assert.IsType<ContainerExited>(Assert.Single(life.Events));
    }

    [Fact]
    public void Calls_an_oom_kill_by_its_name_and_limit()
    {
        var exited = ContainerLife.Running(memory: 16 << 20).Exit(137, 9, oomKills: 1).Event<ContainerExited>();

        Assert.True(exited.OutOfMemory);
        Assert.Equal("out of memory: the kernel killed it at its limit of 16 MiB", exited.Cause);
    }

    [Fact]
    public void A_child_killed_for_memory_is_not_the_containers_own_death()
    {
        var exited = ContainerLife.Running(memory: 16 << 20).Exit(1, null, oomKills: 1).Event<ContainerExited>();

        Assert.False(exited.OutOfMemory);
        Assert.Equal(1, exited.OomKills);
    }

    [Fact]
    public void Says_when_nobody_saw_the_end()
    {
        var exited = ContainerLife.Running().Tell(new RunEnded(1, null, null)).Event<ContainerExited>();

        Assert.Equal(ContainerExits.Unseen, exited.ExitCode);
        Assert.StartsWith("nobody saw it end", exited.Cause);
    }

    [Fact]
    public void Refuses_to_remove_what_runs()
    {
        var life = ContainerLife.Running().Tell(new RemoveContainer(3, "rm"));

        Assert.Empty(life.Events);
        Assert.Equal("cannot remove shop-web-1: it is running", life.Effect<Answer>().Error);
    }

    [Fact]
    public void Is_removed_only_when_its_files_are()
    {
        var life = ContainerLife.Running().Exit(0).Tell(new RemoveContainer(3, "down"));
        Assert.Equal(ContainerPhase.Removing, life.State.Phase);
        life.Effect<RemoveFiles>();

        life.Tell(new ContainerFilesNotRemoved("EBUSY"));
        Assert.Equal("EBUSY", life.Effect<AnswerRemovals>().Error);
        Assert.Equal(ContainerPhase.Removing, life.State.Phase);

        life.Tell(new ContainerFilesRemoved());
        Assert.Equal(ContainerPhase.Removed, life.State.Phase);
    }

    [Fact]
    public void An_adopted_run_that_was_being_stopped_gets_the_rest_of_its_grace_period()
    {
        var life = ContainerLife.Running().Tell(new StopContainer(3, null, "down")).After(TimeSpan.FromSeconds(4)).Tell(new FoundRunning());

        Assert.Equal(TimeSpan.FromSeconds(6), life.Effect<SendStopSignal>().Grace);
    }

    [Fact]
    public void Recovery_waits_for_what_is_left_of_a_back_off()
    {
        var life = ContainerLife.Running(Always).Exit(1);

        var effect = Assert.IsType<ScheduleStart>(Assert.Single(ContainerDecisions.Resume(life.State, life.Now).Effects));
        Assert.Equal(TimeSpan.FromMilliseconds(100), effect.Delay);
    }

    [Fact]
    public void A_wall_clock_that_was_set_back_or_forward_makes_no_wait_longer_than_it_was_to_be()
    {
        var waiting = ContainerLife.Running(Always).Exit(1);
        TimeSpan Delay(TimeSpan jump) =>
            Assert.IsType<ScheduleStart>(Assert.Single(ContainerDecisions.Resume(waiting.State, waiting.Now + jump).Effects)).Delay;
        Assert.Equal(TimeSpan.FromMilliseconds(100), Delay(TimeSpan.FromDays(-400)));
        Assert.True(Delay(TimeSpan.FromDays(400)) < TimeSpan.Zero);

        var stopping = ContainerLife.Running().Tell(new StopContainer(3, null, "down"));
        Assert.Equal(TimeSpan.FromSeconds(10), stopping.After(TimeSpan.FromDays(-400)).Tell(new FoundRunning()).Effect<SendStopSignal>().Grace);
        Assert.Equal(TimeSpan.Zero, stopping.After(TimeSpan.FromDays(800)).Tell(new FoundRunning()).Effect<SendStopSignal>().Grace);
    }

    [Theory]
    [InlineData(RestartCondition.Always, 0, true)]
    [InlineData(RestartCondition.UnlessStopped, 143, true)]
    [InlineData(RestartCondition.OnFailure, 143, true)]
    [InlineData(RestartCondition.OnFailure, 0, false)]
    [InlineData(RestartCondition.No, 143, false)]
    public void What_the_machine_has_stopped_comes_back_with_it_as_its_policy_says(RestartCondition condition, int code, bool comesBack)
    {
        var policy = RestartPolicy.Of(condition) with { MaxAttempts = 1, PermanentExitCodes = [143], Jitter = 1 };
        var life = ContainerLife.Running(policy).Tell(new StopContainer(3, null, "the machine stops", ByHalt: true));
        Assert.Equal(TimeSpan.FromSeconds(10), life.Effect<SendStopSignal>().Grace);

        life.Exit(code, code > 128 ? code - 128 : null);

        Assert.Equal("the machine stops", life.Event<ContainerExited>().Cause);
        Assert.Null(life.State.GaveUp);
        Assert.Equal(comesBack ? (ContainerPhase.BackingOff, TimeSpan.Zero) : (ContainerPhase.Exited, null), (life.State.Phase, life.State.NextStart?.Delay));
    }

    [Fact]
    public void A_machine_that_stops_leaves_what_does_not_run_as_it_is()
    {
        var waiting = ContainerLife.Running(Always).Exit(1).Tell(new StopContainer(3, null, "the machine stops", ByHalt: true));
        Assert.Empty(waiting.Events);
        Assert.Equal(ContainerPhase.BackingOff, waiting.State.Phase);

        var starting = new ContainerLife().Tell(new CreateContainer(1, ContainerLife.Spec(Always), "new")).Tell(new StartContainer(2, "up"))
            .Tell(new StopContainer(3, null, "the machine stops", ByHalt: true)).Tell(new ContainerPrepared(1));
        Assert.Equal(ContainerPhase.BackingOff, starting.State.Phase);

        // Who had stopped it before meant it.
        var stopped = ContainerLife.Running(Always).Tell(new StopContainer(3, null, "stop")).Tell(new StopContainer(4, null, "the machine stops", ByHalt: true)).Exit(0);
        Assert.Equal(ContainerPhase.Exited, stopped.State.Phase);
    }
}
