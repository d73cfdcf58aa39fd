using Devoxx.Native.Processes;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Containers.IContainerEvent, Devoxx.Supervisor.Containers.IContainerEffect>;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// How a container comes to a run: at once, when what it depends on is ready, or not at all. The same for a start that
/// somebody asked for, one by restart policy, and one that follows a dependency's. Pure.
/// </summary>
internal static class ContainerStarts
{
    public static Decision Ordered(ContainerState state, StartContainer command, DateTimeOffset now)
    {
        switch (state.Phase)
        {
            case ContainerPhase.Running when state.Hook is { Stage: Hooks.HookStage.PostStart }:
                return Decision.Only(new AwaitStart(command.Order));
            case ContainerPhase.Running:
                return Decision.Only(new Answer(command.Order));
            case ContainerPhase.Starting:
                return Decision.Only(new AwaitStart(command.Order));
            case ContainerPhase.Created or ContainerPhase.Exited or ContainerPhase.BackingOff or ContainerPhase.Waiting:
                var waiting = new ContainerWaiting(state.Spec!.Subject, now, command.Cause, Attempt: 0, "", Asked: true, command.Ungated, command.StartedBy);
                var next = Through(state, command.Gate ?? StartGate.Open, waiting, now);
                return next with { Effects = [new AwaitStart(command.Order), new CancelTimers(), .. next.Effects] };
            default:
                return ContainerDecisions.Refused(state, command.Order, "start");
        }
    }

    /// <summary>The back-off is over, and the project has said how the dependencies are.</summary>
    public static Decision BackOffOver(ContainerState state, BackOffElapsed command, DateTimeOffset now) => Through(
        state,
        command.Gate ?? StartGate.Open,
        new ContainerWaiting(state.Spec!.Subject, now, $"restart policy {state.Spec.Restart}", command.Attempt, "", Asked: false, state.Ungated, StartedBy.Policy),
        now);

    public static Decision Reconsidered(ContainerState state, DependenciesChanged command, DateTimeOffset now) =>
        Through(state, command.Gate, state.Waiting! with { At = now }, now);

    /// <summary>Down and up again, because what it depends on has been.</summary>
    public static Decision Follow(ContainerState state, FollowDependency command, DateTimeOffset now)
    {
        var spec = state.Spec!;
        var stop = new ContainerStopRequested(
            spec.Subject, now, Signal.Parse(spec.StopSignal), spec.StopGracePeriod, command.Cause, ThenStart: true);
        return state.IsBeforeStop ? Decision.Nothing
            : ContainerHooks.HoldStop(state) ? ContainerHooks.BeforeStop(state, stop)
            : Decision.Of(stop, new SendStopSignal(state.Run, stop.Signal, stop.Grace));
    }

    /// <summary>After the end of a run that was stopped to be started again; what it waits for is said by the project.</summary>
    public static ContainerWaiting Again(ContainerState state, DateTimeOffset now) =>
        new(state.Spec!.Subject, now, state.Stop!.Cause, Attempt: 0, "to be started again", Asked: false, state.Ungated, StartedBy.Dependency);

    private static Decision Through(ContainerState state, StartGate gate, ContainerWaiting waiting, DateTimeOffset now) => gate.Verdict switch
    {
        StartVerdict.Open => Decision.Of(
            new ContainerStartRequested(
                state.Spec!.Subject, now, state.Run + 1, waiting.Cause, waiting.Attempt, gate.Follows, waiting.Ungated, waiting.StartedBy),
            new PrepareRun(state.Run + 1)),
        StartVerdict.Wait when state.Waiting is { } already && already.Reason == gate.Reason && already.Attempt == waiting.Attempt => Decision.Nothing,
        StartVerdict.Wait => Decision.Of(waiting with { Reason = gate.Reason }),
        _ => Decision.Of(new ContainerGaveUp(state.Spec!.Subject, now, gate.Reason), new AnswerStarts(gate.Reason)),
    };
}
