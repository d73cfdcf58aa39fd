using Devoxx.Native.Processes;
using Devoxx.Supervisor.Cgroups;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Containers.IContainerEvent, Devoxx.Supervisor.Containers.IContainerEffect>;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a container does about a command in each of its phases. Pure.</summary>
public static class ContainerDecisions
{
    private const int SigKill = 9;

    public static Decision Decide(ContainerState state, IContainerCommand command, DateTimeOffset now) => command switch
    {
        CreateContainer c => Create(state, c, now),
        StartContainer c => ContainerStarts.Ordered(state, c, now),
        StopContainer c => Stop(state, c.Order, null, c.Grace, c.Cause, now, c.ByHalt),
        KillContainer c => Kill(state, c, now),
        RemoveContainer c => Remove(state, c, now),
        PauseContainer c => ContainerPausing.Pause(state, c),
        UnpauseContainer c => ContainerPausing.Unpause(state, c),
        CgroupFreezeAnswer c => ContainerPausing.Answered(state, c, now),
        RenameContainer c => state.Phase is ContainerPhase.None or ContainerPhase.Removing or ContainerPhase.Removed
            ? Refused(state, c.Order, "rename")
            : Decision.Of(new ContainerRenamed(state.Spec!.Subject, now, c.Name, c.Cause), new Answer(c.Order)),
        ContainerPrepared c when IsStarting(state, c.Run) => state.Phase == ContainerPhase.Stopping
            ? StartAbandoned(state, now)
            : Decision.Only(new StartMonitor(c.Run)),
        PreparationFailed c when IsStarting(state, c.Run) => StartFailed(state, c, now),
        MonitorStarted c when IsStarting(state, c.Run) => Started(state, c, now),
        HealthObserved c when c.Run == state.Run && state.Phase == ContainerPhase.Running && state.Health?.Status != c.Status =>
            ContainerSickness.Observed(state, c, now),
        NotificationReceived c when c.Run == state.Run && state.Phase is ContainerPhase.Running or ContainerPhase.Stopping =>
            ContainerSickness.Notified(state, c, now),
        WatchdogElapsed c when c.Run == state.Run && state.Phase == ContainerPhase.Running && state.Ending is null =>
            ContainerSickness.Hung(state, c, now),
        HookFinished c when state.Phase == ContainerPhase.Running => ContainerHooks.Ended(state, c, now),
        RunEnded c when c.Run == state.Run && state.Phase is ContainerPhase.Running or ContainerPhase.Stopping or ContainerPhase.Starting => Ended(state, c, now),
        GraceElapsed c when c.Run == state.Run && state.IsEnding => Decision.Of(
            new ContainerSignalled(state.Spec!.Subject, now, SigKill, $"did not exit within the grace period of {InWords.Span(state.Stop?.Grace ?? state.Ending!.Grace)}"),
            new SendSignal(SigKill)),
        StopSignalDropped c when c.Run == state.Run && state.IsEnding => Decision.Of(
            new ContainerSignalled(
                state.Spec!.Subject, now, SigKill,
                $"its first process has no handler for {Signal.Name(c.Signal)}, so the kernel drops the signal and waiting would change nothing"),
            new SendSignal(SigKill)),
        BackOffElapsed c when state.Phase == ContainerPhase.BackingOff && state.NextStart!.Attempt == c.Attempt => ContainerStarts.BackOffOver(state, c, now),
        DependenciesChanged c when state.Phase == ContainerPhase.Waiting => ContainerStarts.Reconsidered(state, c, now),
        AbandonWait c when state.Phase == ContainerPhase.Waiting => Decision.Only(new AnswerStarts(c.Why)),
        FollowDependency c when state.Phase == ContainerPhase.Running => ContainerStarts.Follow(state, c, now),
        ContainerFilesRemoved => Decision.Of(new ContainerRemoved(state.Spec!.Subject, now), new AnswerRemovals()),
        ContainerFilesNotRemoved c => Decision.Only(new AnswerRemovals(c.Error)),
        FoundRunning => Adopted(state, now),
        // An answer of a run that is over: nobody waits for it any more.
        ContainerPrepared or PreparationFailed or MonitorStarted or HookFinished or HealthObserved or NotificationReceived or WatchdogElapsed or RunEnded or GraceElapsed or StopSignalDropped or BackOffElapsed
            or DependenciesChanged or AbandonWait or FollowDependency => Decision.Nothing,
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not a command of a container"),
    };

    /// <summary>What recovery goes on with when nothing of the container runs; the rest is the plain commands' business.</summary>
    public static Decision Resume(ContainerState state, DateTimeOffset now) => state.Phase switch
    {
        // Not longer than it was to take at first, whatever has become of the wall clock meanwhile.
        ContainerPhase.BackingOff => Decision.Only(
            new ScheduleStart(state.NextStart!.Attempt, Shorter(state.NextStart.Due - now, state.NextStart.Delay))),
        ContainerPhase.Removing => Decision.Only(new RemoveFiles()),
        _ => Decision.Nothing,
    };

    private static bool IsStarting(ContainerState state, int run) =>
        state.Run == run && state.Process is null && state.Phase is ContainerPhase.Starting or ContainerPhase.Stopping;

    private static Decision Create(ContainerState state, CreateContainer command, DateTimeOffset now) =>
        state.Phase == ContainerPhase.None
            ? Decision.Of(new ContainerCreated(command.Spec.Subject, now, command.Spec, command.Cause), new Answer(command.Order))
            : Decision.Only(new Answer(command.Order, $"container {command.Spec.Name} exists already"));

    private static Decision Started(ContainerState state, MonitorStarted command, DateTimeOffset now)
    {
        var p = command.Process;
        var started = new ContainerStarted(
            state.Spec!.Subject, now, command.Run, p.Pid, p.StartTime, p.MonitorPid, p.MonitorStartTime, p.BootId, command.Connections);
        if (state.Phase != ContainerPhase.Stopping)
        {
            return ContainerHooks.AfterStart(state, started, now);
        }

        // Asked to stop while it was starting: it started, now it stops.
        var stop = state.Stop! with { At = now };
        return Decision.Of(
            [started, stop],
            new WatchMonitor(command.Run), new AnswerStarts("it was stopped while it started"), new SendStopSignal(command.Run, stop.Signal, stop.Grace));
    }

    private static Decision StartAbandoned(ContainerState state, DateTimeOffset now)
    {
        const int code = 128 + SigKill;
        var next = AfterRun(state, state.Stop!.ByHalt ? state.Spec!.Restart.AfterHalt(code) : RestartVerdict.Stay, now);
        return Decision.Of(
            [new ContainerStartFailed(state.Spec!.Subject, now, state.Run, "it was stopped while it started", code), .. next.Events],
            [new ReleaseRun(state.Run), new AnswerStarts("it was stopped while it started"), new AnswerStops(), .. next.Effects]);
    }

    private static Decision StartFailed(ContainerState state, PreparationFailed command, DateTimeOffset now)
    {
        var failed = new ContainerStartFailed(state.Spec!.Subject, now, command.Run, command.Error, command.ExitCode);
        // A first start that fails is the asker's to mend: only what has run before is tried again by itself.
        var verdict = state.Stop is { ByHalt: true } ? state.Spec!.Restart.AfterHalt(command.ExitCode)
            : state.Attempt > 0 && !state.StoppedOnPurpose
            ? state.Spec!.Restart.After(command.ExitCode, state.Attempt, TimeSpan.Zero, chance: RestartPolicy.Chance(state.Spec.Id, state.Run))
            : RestartVerdict.Stay;
        var next = AfterRun(state, verdict, now);
        return Decision.Of(
            [failed, .. next.Events],
            [new ReleaseRun(command.Run), new AnswerStarts(command.Error), new AnswerStops(), .. next.Effects]);
    }

    private static Decision Stop(ContainerState state, long order, int? signal, TimeSpan? grace, string cause, DateTimeOffset now, bool byHalt = false)
    {
        var spec = state.Spec!;
        var requested = new ContainerStopRequested(
            spec.Subject, now, signal ?? Signal.Parse(spec.StopSignal), grace ?? spec.StopGracePeriod, cause, ByHalt: byHalt);
        return state.Phase switch
        {
            // What nothing runs of yet is started when the machine is back.
            ContainerPhase.BackingOff or ContainerPhase.Waiting when byHalt => Decision.Only(new CancelTimers(), new AnswerStarts(cause), new Answer(order)),
            ContainerPhase.Running when signal != SigKill && state.IsBeforeStop => Decision.Only(new AwaitStop(order)),
            ContainerPhase.Running when signal != SigKill && ContainerHooks.HoldStop(state) => ContainerHooks.BeforeStop(state, requested, new AwaitStop(order)),
            ContainerPhase.Running => Decision.Of(
                requested, [.. HooksAbandoned(state), new AwaitStop(order), new SendStopSignal(state.Run, requested.Signal, requested.Grace), .. ContainerPausing.Released(state, cause)]),
            // A start that is over before the grace period is stopped as any run; one that hangs is given up then.
            ContainerPhase.Starting => Decision.Of(requested, new AwaitStop(order), new ExtendGrace(state.Run, requested.Grace)),
            // It was to be started again: not any more.
            ContainerPhase.Stopping when state.Stop!.ThenStart => signal == SigKill
                ? Decision.Of([requested, new ContainerSignalled(spec.Subject, now, SigKill, cause)], new AwaitStop(order), new SendSignal(SigKill))
                : Decision.Of(requested, new AwaitStop(order)),
            // Asked again, more urgently: the second signal goes out, the first grace period stands.
            ContainerPhase.Stopping when signal == SigKill => Decision.Of(
                new ContainerSignalled(spec.Subject, now, SigKill, cause), new AwaitStop(order), new SendSignal(SigKill)),
            ContainerPhase.Stopping => Decision.Only(new AwaitStop(order)),
            ContainerPhase.BackingOff => Decision.Of(requested, new CancelTimers(), new Answer(order)),
            ContainerPhase.Waiting => Decision.Of(requested, new AnswerStarts($"it was stopped while {state.Waiting!.Reason}"), new Answer(order)),
            ContainerPhase.Created or ContainerPhase.Exited => Decision.Only(new Answer(order)),
            _ => Refused(state, order, "stop"),
        };
    }

    /// <summary>Who waits for a start waits no longer for hooks that nobody waits for.</summary>
    private static IContainerEffect[] HooksAbandoned(ContainerState state) =>
        state.Hook is null ? [] : [new AnswerStarts("it was stopped before its post_start hooks were over")];

    private static Decision Kill(ContainerState state, KillContainer command, DateTimeOffset now) => state.Phase switch
    {
        _ when command.Signal == SigKill => Stop(state, command.Order, SigKill, TimeSpan.Zero, command.Cause, now),
        ContainerPhase.Running or ContainerPhase.Stopping => Decision.Of(
            new ContainerSignalled(state.Spec!.Subject, now, command.Signal, command.Cause),
            [
                new SendSignal(command.Signal),
                .. command.Signal == Signal.Parse(state.Spec.StopSignal) ? ContainerPausing.Released(state, command.Cause) : [],
                new Answer(command.Order),
            ]),
        _ => Refused(state, command.Order, $"send {Signal.Name(command.Signal)} to"),
    };

    private static Decision Remove(ContainerState state, RemoveContainer command, DateTimeOffset now) => state.Phase switch
    {
        ContainerPhase.Created or ContainerPhase.Exited or ContainerPhase.BackingOff or ContainerPhase.Waiting => Decision.Of(
            new ContainerRemoveRequested(state.Spec!.Subject, now, command.Cause),
            new CancelTimers(), new AnswerStarts("it was removed before it started"), new AwaitRemoval(command.Order), new RemoveFiles()),
        ContainerPhase.Removing => Decision.Only(new AwaitRemoval(command.Order), new RemoveFiles()),
        ContainerPhase.Removed or ContainerPhase.None => Decision.Only(new Answer(command.Order)),
        _ => Refused(state, command.Order, "remove"),
    };

    private static Decision Ended(ContainerState state, RunEnded command, DateTimeOffset now)
    {
        if (state.IsBeforeStop)
        {
            // What a hook may well do is to end it.
            var stop = ContainerHooks.StopOf(state, now);
            var ended = Ended(state.Apply(stop), command, now);
            return ended with { Events = ended.Events.Insert(0, stop) };
        }

        var exited = ContainerExits.Describe(state, command.Record, command.Usage, now, command.Evidence);
        var verdict = state.StoppedOnPurpose ? RestartVerdict.Stay
            : state.Stop is { ByHalt: true } ? state.Spec!.Restart.AfterHalt(exited.ExitCode)
            : state.Spec!.Restart.After(
                exited.ExitCode, state.Attempt, exited.Duration, sick: state.Ending is not null, RestartPolicy.Chance(state.Spec.Id, state.Run));
        var next = state.Stop is { ThenStart: true } ? Decision.Of(ContainerStarts.Again(state, now)) : AfterRun(state, verdict, now);
        return Decision.Of(
            [exited, .. next.Events],
            [new CancelTimers(), new AnswerStarts($"it exited at once with code {exited.ExitCode}"), new AnswerStops(), new AnswerFreezes("it has ended"), .. next.Effects]);
    }

    private static Decision AfterRun(ContainerState state, RestartVerdict verdict, DateTimeOffset now)
    {
        var subject = state.Spec!.Subject;
        if (verdict.GivenUpBecause is { } reason)
        {
            return Decision.Of(new ContainerGaveUp(subject, now, reason));
        }

        return verdict.Attempt is not { } attempt
            ? Decision.Nothing
            : Decision.Of(
                new ContainerRestartScheduled(subject, now, attempt, state.Spec.Restart.MaxAttempts, verdict.Delay, now + verdict.Delay),
                new ScheduleStart(attempt, verdict.Delay));
    }

    private static Decision Adopted(ContainerState state, DateTimeOffset now)
    {
        if (state.Phase != ContainerPhase.Stopping)
        {
            IContainerEffect[] hook = state.Hook is null ? [] : [new RunHook(state.Run, Again: true)];
            return state.Ending is { } ending
                ? Decision.Only([new WatchMonitor(state.Run), new SendStopSignal(state.Run, ending.Signal, Left(ending.At, ending.Grace, now)), .. hook])
                : Decision.Only([new WatchMonitor(state.Run), .. hook]);
        }

        return Decision.Only(
            new WatchMonitor(state.Run),
            new SendStopSignal(state.Run, state.Stop!.Signal, Left(state.Stop.At, state.Stop.Grace, now)));
    }

    /// <summary>What is left of a span that began then; all of it when the wall clock has been set back behind that.</summary>
    private static TimeSpan Left(DateTimeOffset begun, TimeSpan span, DateTimeOffset now) =>
        begun + span is var due && due <= now ? TimeSpan.Zero : due - now is var left && left < span ? left : span;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    internal static Decision Refused(ContainerState state, long order, string verb) => Decision.Only(
        new Answer(order, $"cannot {verb} {state.Spec?.Name ?? "a container that does not exist"}: it is {InWords.Phase(state.Phase)}"));
}
