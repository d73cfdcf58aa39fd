using System.Collections.Immutable;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Tests.Cgroups;

public sealed class CgroupFreezingTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private CgroupState state = CgroupState.Initial;

    public CgroupFreezingTests()
    {
        Tell(new PrepareCgroup(1, "/devoxx/a", new ResourceLimits(), false));
        Tell(new CgroupMade(1));
    }

    [Fact]
    public void Intent_and_outcome_stand_in_the_journal()
    {
        Assert.Equal([new SetFrozen(1, "/devoxx/a", true)], Tell(new FreezeCgroup(1, true, "pause")));
        Assert.True(state.Freezing!.Frozen);
        Assert.False(state.Frozen);

        Assert.Equal([new TellContainer(new CgroupFreezeAnswer(1, true, "pause"))], Tell(new CgroupFreezeDone(1, true)));
        Assert.True(state.Frozen);
        Assert.Null(state.Freezing);
    }

    [Fact]
    public void A_failure_is_an_outcome_too()
    {
        Tell(new FreezeCgroup(1, true, "pause"));
        Assert.Equal([new TellContainer(new CgroupFreezeAnswer(1, false, "pause", "busy"))], Tell(new CgroupFreezeFailed(1, "busy")));
        Assert.Null(state.Freezing);
        Assert.False(state.Frozen);
    }

    [Fact]
    public void Recovery_finishes_what_was_asked_for_and_a_second_one_writes_nothing()
    {
        Tell(new FreezeCgroup(1, true, "pause"));
        Assert.Contains(new SetFrozen(1, "/devoxx/a", true), Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())));
        Tell(new CgroupFreezeDone(1, true));

        var before = state;
        Assert.Contains(new TellContainer(new CgroupFreezeAnswer(1, true, "found so")), Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())));
        Assert.Equal(before, state);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_commit_held_is_let_go_wherever_the_crash_came(bool frozen)
    {
        // Between the freezing and its outcome, or between that and the container's own note of it.
        Tell(new FreezeCgroup(1, true, ContainerPausing.CommitCause));
        if (frozen)
        {
            Tell(new CgroupFreezeDone(1, true));
        }

        Assert.Contains(new SetFrozen(1, "/devoxx/a", false), Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())));
        Assert.Contains(Tell(new CgroupFreezeDone(1, false)), effect => effect is TellContainer { Message: CgroupFreezeAnswer { Frozen: false } });

        var before = state;
        Assert.Contains(new TellContainer(new CgroupFreezeAnswer(1, false, "found so")), Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())));
        Assert.Equal(before, state);

        // Somebody's own pause stays.
        Tell(new FreezeCgroup(1, true, "pause"));
        Tell(new CgroupFreezeDone(1, true));
        Assert.DoesNotContain(Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())), effect => effect is SetFrozen);
    }

    [Fact]
    public void Its_removal_and_the_next_run_forget_it()
    {
        Tell(new FreezeCgroup(1, true, "pause"));
        Tell(new CgroupFreezeDone(1, true));
        Tell(new ReleaseCgroup(1));
        Assert.False(state.Frozen);
        Assert.Contains(Tell(new FreezeCgroup(1, false, "late")), e => e is TellContainer { Message: CgroupFreezeAnswer { Error: not null } });
    }

    private ImmutableArray<ICgroupEffect> Tell(ICgroupCommand command)
    {
        var (events, effects) = CgroupDecisions.Decide(state, command, new Subject("shop", "web", "shop-web-1"), Now);
        state = events.Aggregate(state, (s, e) => s.Apply(e));
        return effects;
    }
}
