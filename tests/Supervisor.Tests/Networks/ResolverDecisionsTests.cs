using Devoxx.Native.Processes;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Networks.Names;
using Xunit;

namespace Devoxx.Supervisor.Tests.Networks;

public sealed class ResolverDecisionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 20, 0, 0, TimeSpan.Zero);
    private static readonly ProcessIdentity One = new(100, 5000, "boot"), Two = new(200, 6000, "boot");

    [Fact]
    public void Adopts_the_one_that_it_knows_without_a_word()
    {
        var decision = ResolverDecisions.Seen(new ResolverState(One), One, Now);

        Assert.Empty(decision.Events);
        Assert.Equal([ResolverEffect.Watch], decision.Effects);
    }

    [Fact]
    public void Writes_down_one_that_an_earlier_supervisor_has_started()
    {
        var decision = ResolverDecisions.Seen(ResolverState.Initial, One, Now);

        Assert.Equal([new ResolverStarted(Subject.None, Now, One)], decision.Events);
        Assert.Equal([ResolverEffect.Watch], decision.Effects);
    }

    [Fact]
    public void Writes_down_that_one_is_gone_once_and_starts_another()
    {
        var decision = ResolverDecisions.Seen(new ResolverState(One), null, Now);

        Assert.Equal([new ResolverEnded(Subject.None, Now, One.Pid, "nobody saw it end")], decision.Events);
        Assert.Equal([ResolverEffect.StartIfNeeded], decision.Effects);
        var after = decision.Events.Aggregate(new ResolverState(One), (state, e) => state.Apply(e));
        Assert.Empty(ResolverDecisions.Seen(after, null, Now).Events);
    }

    [Fact]
    public void Takes_another_for_the_one_it_knew()
    {
        var decision = ResolverDecisions.Seen(new ResolverState(One), Two, Now);

        Assert.Equal(
            [new ResolverEnded(Subject.None, Now, One.Pid, "another has taken its place"), new ResolverStarted(Subject.None, Now, Two)], decision.Events);
        Assert.Equal(new ResolverState(Two), decision.Events.Aggregate(new ResolverState(One), (state, e) => state.Apply(e)));
    }

    [Fact]
    public void An_end_is_written_down_with_its_cause()
    {
        Assert.Equal(
            [new ResolverEnded(Subject.None, Now, One.Pid, "killed by SIGKILL")], ResolverDecisions.Ended(new ResolverState(One), "killed by SIGKILL", Now).Events);
        Assert.Empty(ResolverDecisions.Ended(ResolverState.Initial, "killed by SIGKILL", Now).Events);
    }
}
