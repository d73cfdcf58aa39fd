using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Cgroups.ICgroupEvent, Devoxx.Supervisor.Cgroups.ICgroupEffect>;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>What a cgroup does about a command. Pure.</summary>
public static class CgroupDecisions
{
    public static Decision Decide(CgroupState state, ICgroupCommand command, Subject subject, DateTimeOffset now) => command switch
    {
        // Making it anew is right whatever a crash has left half done: creation is idempotent and the limits are written again.
        PrepareCgroup c => Decision.Of(
            new CgroupCreateRequested(subject, now, c.Run, c.Path, c.Limits), new MakeCgroup(c.Run, c.Path, c.Limits, c.AllDevices)),
        CgroupMade c when c.Run == state.Run => Decision.Of(
            new CgroupCreated(subject, now, c.Run), new WatchOom(c.Run, state.Path), new TellContainer(new CgroupReady(c.Run))),
        CgroupNotMade c when c.Run == state.Run => Decision.Only(new TellContainer(new CgroupFailed(c.Run, c.Error))),
        CgroupOomSeen c when c.Run == state.Run && c.OomKills > state.OomKills => Decision.Of(
            new CgroupOomKilled(subject, now, c.Run, c.OomKills), new TellContainer(new CgroupLostProcesses(c.Run, c.OomKills))),
        ReleaseCgroup c when state.Phase == CgroupPhase.Absent => Decision.Only(
            new TellContainer(new CgroupReleased(c.Run, state.Run == c.Run ? state.Usage : CgroupUsage.Unknown))),
        ReleaseCgroup when state.Phase == CgroupPhase.Removing => Decision.Only(new RemoveCgroup(state.Run, state.Path)),
        ReleaseCgroup => Decision.Of(new CgroupRemoveRequested(subject, now, state.Run), new RemoveCgroup(state.Run, state.Path)),
        CgroupGone c when state.Phase == CgroupPhase.Removing => Decision.Of(
            new CgroupRemoved(subject, now, state.Run, Counted(state, c.Usage)),
            new TellContainer(new CgroupReleased(state.Run, Counted(state, c.Usage)))),
        CgroupNotGone c => Decision.Only(new TellContainer(new CgroupFailed(c.Run, c.Error))),
        WatchCgroup c when c.Run == state.Run && state.Phase == CgroupPhase.Present && IsHeld(state) => Decision.Of(
            new CgroupFreezeRequested(subject, now, c.Run, Frozen: false, "the commit that held it was interrupted"),
            [new WatchOom(c.Run, state.Path), new SetFrozen(c.Run, state.Path, Frozen: false), .. Lost(state)]),
        WatchCgroup c when c.Run == state.Run && state.Phase == CgroupPhase.Present => Decision.Only([new WatchOom(c.Run, state.Path), .. Resume(state), .. Lost(state)]),
        // The journal has lost its tail: what lives is believed, and will be removed with the run.
        WatchCgroup c => Decision.Of(
            [new CgroupCreateRequested(subject, now, c.Run, c.Path, c.Limits), new CgroupCreated(subject, now, c.Run)], new WatchOom(c.Run, c.Path)),
        FreezeCgroup c when c.Run == state.Run && state.Phase == CgroupPhase.Present => Decision.Of(
            new CgroupFreezeRequested(subject, now, c.Run, c.Frozen, c.Cause), new SetFrozen(c.Run, state.Path, c.Frozen)),
        FreezeCgroup c => Decision.Only(new TellContainer(new CgroupFreezeAnswer(c.Run, false, c.Cause, "nothing of it runs"))),
        CgroupFreezeDone c when c.Run == state.Run && state.Freezing is { } asked => Decision.Of(
            new CgroupFrozen(subject, now, c.Run, c.Frozen), new TellContainer(new CgroupFreezeAnswer(c.Run, c.Frozen, asked.Cause))),
        CgroupFreezeFailed c when c.Run == state.Run && state.Freezing is { } asked => Decision.Of(
            new CgroupNotFrozen(subject, now, c.Run, c.Error), new TellContainer(new CgroupFreezeAnswer(c.Run, state.Frozen, asked.Cause, c.Error))),
        _ => Decision.Nothing,
    };

    /// <summary>A freeze that a crash came into is done again; how it stands is told to the container, which may not have heard of it.</summary>
    private static ImmutableArray<ICgroupEffect> Resume(CgroupState state) => state switch
    {
        { Freezing: { } asked } => [new SetFrozen(state.Run, state.Path, asked.Frozen)],
        _ => [new TellContainer(new CgroupFreezeAnswer(state.Run, state.Frozen, CgroupFreezeAnswer.Found))],
    };

    private static ImmutableArray<ICgroupEffect> Lost(CgroupState state) =>
        state.OomKills > 0 ? [new TellContainer(new CgroupLostProcesses(state.Run, state.OomKills))] : [];

    /// <summary>
    /// It stands still, or was about to, for a commit that has gone with the supervisor: nobody else is going to let it go. The container may not even have noted
    /// that it was held.
    /// </summary>
    private static bool IsHeld(CgroupState state) =>
        state.Freezing is { } asked ? asked is { Frozen: true, Cause: ContainerPausing.CommitCause } : state is { Frozen: true, FrozenFor: ContainerPausing.CommitCause };

    /// <summary>A kill that was seen while it ran counts even where the last reading came too late.</summary>
    private static CgroupUsage Counted(CgroupState state, CgroupUsage usage) =>
        usage with { OomKills = Math.Max(usage.OomKills, state.OomKills) };
}
