using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Hooks;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class ContainerHooksTests
{
    private static readonly HookResult Fine = new(0, false, null, []);
    private static readonly HookResult Bad = new(127, false, null, ["sh: x: not found"]);

    [Fact]
    public void A_start_is_over_when_the_last_hook_is()
    {
        var life = With(post: 2);
        Assert.DoesNotContain(life.Effects, e => e is AnswerStarts);
        Assert.Equal((HookStage.PostStart, 0), (life.State.Hook!.Stage, life.State.Hook.Index));
        Assert.Equal(ConditionStanding.NotYet, ConditionState.Of(life.State, ReplicaCondition.Started).Standing);
        Assert.IsType<AwaitStart>(Assert.Single(life.Tell(new StartContainer(3, "start")).Effects));

        life.Tell(new HookFinished(1, HookStage.PostStart, 0, Fine));
        Assert.Equal(1, life.Event<ContainerHookRequested>().Index);
        Assert.IsType<RunHook>(Assert.Single(life.Effects));

        life.Tell(new HookFinished(1, HookStage.PostStart, 1, Fine));
        Assert.Null(life.Effect<AnswerStarts>().Error);
        Assert.Null(life.State.Hook);
        Assert.Equal(ConditionStanding.Met, ConditionState.Of(life.State, ReplicaCondition.Started).Standing);
    }

    [Fact]
    public void A_one_off_does_not_wait_for_its_hooks()
    {
        var life = ContainerLife.Running(spec: spec => spec with
        {
            PostStart = [new HookSpec(["echo"])], Labels = spec.Labels.Add("com.docker.compose.oneoff", "True"),
        });
        Assert.Null(life.Effect<AnswerStarts>().Error);
        Assert.NotNull(life.State.Hook);
    }

    [Fact]
    public void A_failed_hook_fails_the_start_and_the_container_runs_on()
    {
        var life = With(post: 2).Tell(new HookFinished(1, HookStage.PostStart, 0, Bad));

        Assert.Equal("web hook exited with status 127 (post_start[0]): sh: x: not found", life.Effect<AnswerStarts>().Error);
        Assert.Equal((ContainerPhase.Running, 127), (life.State.Phase, life.State.HookFailure!.ExitCode));
    }

    [Fact]
    public void A_stop_sends_its_signal_when_the_last_hook_is_over()
    {
        var life = With(pre: 2).Tell(new StopContainer(3, TimeSpan.FromSeconds(5), "stop"));
        Assert.Equal((ContainerPhase.Running, HookStage.PreStop), (life.State.Phase, life.State.Hook!.Stage));
        Assert.Equal(ContainerHooks.MostOfStop, life.State.Hook.Timeout);
        Assert.DoesNotContain(life.Effects, e => e is SendStopSignal);
        Assert.IsType<AwaitStop>(Assert.Single(life.Tell(new StopContainer(4, null, "stop")).Effects));

        life.Tell(new HookFinished(1, HookStage.PreStop, 0, Fine)).Tell(new HookFinished(1, HookStage.PreStop, 1, Fine));
        Assert.Equal((15, TimeSpan.FromSeconds(5)), (life.Effect<SendStopSignal>().Signal, life.Effect<SendStopSignal>().Grace));
        Assert.Equal((ContainerPhase.Stopping, "stop"), (life.State.Phase, life.State.Stop!.Cause));
        Assert.True(life.State.StoppedOnPurpose);
    }

    [Fact]
    public void A_failed_hook_leaves_the_container_running_but_one_that_hangs_holds_no_stop()
    {
        var life = With(pre: 1).Tell(new StopContainer(3, null, "down")).Tell(new HookFinished(1, HookStage.PreStop, 0, Bad));
        Assert.StartsWith("web hook exited with status 127", life.Effect<AnswerStops>().Error);
        Assert.Equal((ContainerPhase.Running, false), (life.State.Phase, life.State.StoppedOnPurpose));

        life.Tell(new StopContainer(4, null, "down")).Tell(new HookFinished(1, HookStage.PreStop, 0, new HookResult(124, true, null, [])));
        Assert.Equal(15, life.Effect<SendStopSignal>().Signal);
    }

    [Fact]
    public void A_kill_waits_for_no_hook()
    {
        var life = With(pre: 1).Tell(new StopContainer(3, null, "stop")).Tell(new KillContainer(4, 9, "kill"));
        Assert.Equal(9, life.Effect<SendStopSignal>().Signal);
        Assert.Equal(ContainerPhase.Stopping, life.State.Phase);
        Assert.Empty(life.Tell(new HookFinished(1, HookStage.PreStop, 0, Fine)).Events);
    }

    [Fact]
    public void A_hook_that_ends_the_container_has_stopped_it()
    {
        var life = With(RestartPolicy.Of(RestartCondition.Always), pre: 1).Tell(new StopContainer(3, null, "stop")).Exit(0);

        Assert.Equal(["ContainerStopRequested", "ContainerExited"], life.Events.Select(e => e.GetType().Name));
        Assert.Equal((ContainerPhase.Exited, "stop"), (life.State.Phase, life.State.LastExit!.Cause));
    }

    [Fact]
    public void A_stop_does_not_wait_for_the_hooks_of_the_start()
    {
        var life = With(post: 1, pre: 1).Tell(new StopContainer(3, null, "stop"));
        Assert.Equal("it was stopped before its post_start hooks were over", life.Effect<AnswerStarts>().Error);
        Assert.Equal(HookStage.PreStop, life.State.Hook!.Stage);
        Assert.Empty(life.Tell(new HookFinished(1, HookStage.PostStart, 0, Fine)).Events);
    }

    [Fact]
    public void A_hook_that_was_under_way_is_looked_for_after_a_crash()
    {
        var life = With(pre: 1).Tell(new StopContainer(3, null, "stop")).Tell(new FoundRunning());
        Assert.True(life.Effect<RunHook>().Again);

        // Who follows a dependency stops whatever its hooks make of it.
        life = With(pre: 1).Tell(new FollowDependency("db has been started again")).Tell(new HookFinished(1, HookStage.PreStop, 0, Bad));
        Assert.True(life.Event<ContainerStopRequested>().ThenStart);
    }

    [Fact]
    public void Every_run_has_its_hooks()
    {
        var life = With(RestartPolicy.Of(RestartCondition.Always), post: 1).Tell(new HookFinished(1, HookStage.PostStart, 0, Bad)).After(TimeSpan.FromMinutes(1)).Exit(1);
        life.Tell(new BackOffElapsed(life.State.NextStart!.Attempt)).Tell(new ContainerPrepared(2)).Tell(new MonitorStarted(2, new RunningProcess(200, 8, 199, 7, "boot")));

        Assert.Equal((2, 0), (life.State.Hook!.Run, life.State.Hook.Index));
        Assert.Null(life.State.HookFailure);
    }

    private static ContainerLife With(RestartPolicy? restart = null, int post = 0, int pre = 0)
    {
        HookSpec[] Hooks(int count) => [.. Enumerable.Range(0, count).Select(n => new HookSpec(["echo", n.ToString()]))];
        return ContainerLife.Running(restart, spec: spec => spec with { PostStart = [.. Hooks(post)], PreStop = [.. Hooks(pre)] });
    }
}
