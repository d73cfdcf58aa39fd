using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class ContainerPausingTests
{
    [Fact]
    public void Is_paused_when_its_cgroup_says_so_and_not_before()
    {
        var life = ContainerLife.Running().Tell(new PauseContainer(3, "pause"));
        Assert.Empty(life.Events);
        Assert.Equal(new FreezeRun(1, true, "pause"), life.Effect<FreezeRun>());
        Assert.False(life.State.Paused);

        life.Tell(new CgroupFreezeAnswer(1, true, "pause"));
        Assert.Equal("pause", life.Event<ContainerPaused>().Cause);
        Assert.Null(life.Effect<AnswerFreezes>().Error);
        Assert.True(life.State.Paused);

        life.Tell(new UnpauseContainer(4, "unpause"));
        Assert.False(life.Effect<FreezeRun>().Frozen);
        life.Tell(new CgroupFreezeAnswer(1, false, "unpause"));
        Assert.False(life.State.Paused);
    }

    [Fact]
    public void Refuses_what_is_so_already()
    {
        var life = ContainerLife.Running().Tell(new UnpauseContainer(3, "unpause"));
        Assert.Equal("shop-web-1 is not paused", life.Effect<Answer>().Error);

        Paused(life).Tell(new PauseContainer(5, "pause"));
        Assert.Equal("shop-web-1 is already paused", life.Effect<Answer>().Error);
        Assert.Empty(life.Events);
    }

    [Fact]
    public void What_a_commit_held_goes_on_when_the_commit_has_gone_with_the_supervisor()
    {
        var life = ContainerLife.Running().Tell(new CgroupFreezeAnswer(1, true, ContainerPausing.CommitCause));
        Assert.True(life.State.Held);

        life.Tell(new CgroupFreezeAnswer(1, true, CgroupFreezeAnswer.Found));
        Assert.False(life.Effect<FreezeRun>().Frozen);
        life.Tell(new CgroupFreezeAnswer(1, false, "interrupted"));
        Assert.False(life.State.Held || life.State.Paused);

        // Somebody's own pause stays.
        life.Tell(new CgroupFreezeAnswer(1, true, "pause")).Tell(new CgroupFreezeAnswer(1, true, CgroupFreezeAnswer.Found));
        Assert.True(life.State.Paused);
    }

    [Fact]
    public void A_freeze_that_fails_changes_nothing_and_says_why()
    {
        var life = ContainerLife.Running().Tell(new PauseContainer(3, "pause")).Tell(new CgroupFreezeAnswer(1, false, "pause", "busy"));
        Assert.Empty(life.Events);
        Assert.Equal("busy", life.Effect<AnswerFreezes>().Error);
    }

    [Fact]
    public void A_stop_sends_its_signal_first_and_then_lets_it_move()
    {
        var life = Paused(ContainerLife.Running()).Tell(new StopContainer(4, null, "stop"));
        Assert.False(life.State.Paused);
        Assert.Equal([typeof(AwaitStop), typeof(SendStopSignal), typeof(FreezeRun)], life.Effects.Select(e => e.GetType()));
        Assert.False(life.Effect<FreezeRun>().Frozen);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(15, true)]
    [InlineData(1, false)]
    public void A_signal_that_ends_it_lets_it_move_and_another_waits(int signal, bool released)
    {
        var life = Paused(ContainerLife.Running()).Tell(new KillContainer(4, signal, "kill"));
        Assert.Equal(released, life.Effects.Any(e => e is FreezeRun { Frozen: false }));
    }

    [Fact]
    public void Recovery_notes_a_freeze_that_it_had_not_heard_of_once()
    {
        var life = ContainerLife.Running().Tell(new CgroupFreezeAnswer(1, true, "found so"));
        Assert.True(life.State.Paused);
        Assert.IsType<ContainerPaused>(Assert.Single(life.Events));

        Assert.Empty(life.Tell(new CgroupFreezeAnswer(1, true, "found so")).Events);
    }

    [Fact]
    public void What_is_found_frozen_while_it_is_being_stopped_is_let_go()
    {
        var life = Paused(ContainerLife.Running()).Tell(new StopContainer(4, null, "stop")).Tell(new CgroupFreezeAnswer(1, true, "found so"));
        Assert.Empty(life.Events);
        Assert.Equal(new FreezeRun(1, false, "stop"), life.Effect<FreezeRun>());
    }

    [Fact]
    public void The_end_of_a_run_answers_who_waits_and_forgets_the_pause()
    {
        var life = Paused(ContainerLife.Running()).Exit(137, 9);
        Assert.False(life.State.Paused);
        Assert.Equal("it has ended", life.Effect<AnswerFreezes>().Error);
        Assert.Empty(life.Tell(new CgroupFreezeAnswer(1, true, "late")).Events);
    }

    private static ContainerLife Paused(ContainerLife life) => life.Tell(new PauseContainer(3, "pause")).Tell(new CgroupFreezeAnswer(1, true, "pause"));
}
