using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Tests.Cgroups;

public sealed class CgroupDecisionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private CgroupState state = CgroupState.Initial;

    [Fact]
    public void Is_ready_only_when_the_limits_are_in_force()
    {
        Assert.IsType<MakeCgroup>(Assert.Single(Tell(new PrepareCgroup(1, "/devoxx/a", new ResourceLimits(Memory: 1 << 24), false))));
        Assert.Equal(CgroupPhase.Creating, state.Phase);

        var effects = Tell(new CgroupMade(1));
        Assert.Equal(CgroupPhase.Present, state.Phase);
        Assert.Contains(effects, e => e is TellContainer { Message: CgroupReady { Run: 1 } });
        Assert.Contains(effects, e => e is WatchOom);
    }

    [Fact]
    public void Says_which_limit_failed()
    {
        Tell(new PrepareCgroup(1, "/devoxx/a", new ResourceLimits(), false));

        var tell = Assert.IsType<TellContainer>(Assert.Single(Tell(new CgroupNotMade(1, "memory.max"))));
        Assert.Equal(new CgroupFailed(1, "memory.max"), tell.Message);
    }

    [Fact]
    public void Counts_each_out_of_memory_kill_once()
    {
        Present();
        Assert.Equal(new CgroupLostProcesses(1, 1), Assert.IsType<TellContainer>(Assert.Single(Tell(new CgroupOomSeen(1, 1)))).Message);
        Assert.Equal(1, state.OomKills);
        Assert.Contains(Tell(new WatchCgroup(1, "/devoxx/a", new ResourceLimits())), effect => effect is TellContainer { Message: CgroupLostProcesses { OomKills: 1 } });
        var before = state;
        Tell(new CgroupOomSeen(1, 1));
        Assert.Equal(before, state);
    }

    [Fact]
    public void Tells_what_a_run_used_also_when_it_is_asked_again_after_a_crash()
    {
        Present();
        Tell(new CgroupOomSeen(1, 2));
        Tell(new ReleaseCgroup(1));
        Tell(new CgroupGone(1, new CgroupUsage(4096, null, 0)));
        Assert.Equal(CgroupPhase.Absent, state.Phase);

        var again = Assert.IsType<TellContainer>(Assert.Single(Tell(new ReleaseCgroup(1))));
        Assert.Equal(new CgroupReleased(1, new CgroupUsage(4096, null, 2)), again.Message);
    }

    [Fact]
    public void A_release_that_a_crash_cut_short_goes_on()
    {
        Present();
        Tell(new ReleaseCgroup(1));

        Assert.IsType<RemoveCgroup>(Assert.Single(Tell(new ReleaseCgroup(1))));
    }

    [Fact]
    public void Believes_that_the_cgroup_of_an_adopted_run_is_there_and_removes_it_with_the_run()
    {
        // The journal has lost all of its events.
        var watch = Assert.IsType<WatchOom>(Assert.Single(Tell(new WatchCgroup(3, "/devoxx/a", new ResourceLimits(Memory: 1 << 24)))));
        Assert.Equal((3, "/devoxx/a"), (watch.Run, watch.Path));
        Assert.Equal(CgroupPhase.Present, state.Phase);
        var before = state;
        Assert.Contains(Tell(new WatchCgroup(3, "/devoxx/a", new ResourceLimits(Memory: 1 << 24))), e => e is WatchOom);
        Assert.Equal(before, state);

        Assert.Contains(Tell(new ReleaseCgroup(3)), e => e is RemoveCgroup { Path: "/devoxx/a" });
    }

    [Fact]
    public void Knows_nothing_of_another_runs_kills()
    {
        Present();
        Tell(new CgroupOomSeen(7, 3));
        Assert.Equal(0, state.OomKills);
    }

    private void Present()
    {
        Tell(new PrepareCgroup(1, "/devoxx/a", new ResourceLimits(), false));
        Tell(new CgroupMade(1));
    }

    private IReadOnlyList<ICgroupEffect> Tell(ICgroupCommand command)
    {
        var (events, effects) = CgroupDecisions.Decide(state, command, new Subject("shop", "web", "shop-web-1"), Now);
        state = events.Aggregate(state, (s, e) => s.Apply(e));
        return effects;
    }
}
