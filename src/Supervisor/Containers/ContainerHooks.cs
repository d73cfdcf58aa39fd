using System.Collections.Immutable;
using Devoxx.Supervisor.Hooks;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Containers.IContainerEvent, Devoxx.Supervisor.Containers.IContainerEffect>;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// The hooks of a container, one after another: a start is over when the last of <c>post_start</c> is, and a stop sends its signal when the last of
/// <c>pre_stop</c> is. One that fails fails the start, or leaves the container running; one that is killed at its timeout holds no stop. Pure.
/// </summary>
internal static class ContainerHooks
{
    /// <summary>How long one of <c>pre_stop</c> may take, unless the grace period is longer: nobody waits for ever for a stop.</summary>
    public static readonly TimeSpan MostOfStop = TimeSpan.FromMinutes(1);

    public static ImmutableArray<HookSpec> Of(ContainerSpec spec, HookStage stage) => (stage == HookStage.PostStart ? spec.PostStart : spec.PreStop) ?? [];

    /// <summary>The command runs; whoever waits for the start waits for its hooks, too.</summary>
    public static Decision AfterStart(ContainerState state, ContainerStarted started, DateTimeOffset now) => Of(state.Spec!, HookStage.PostStart).IsEmpty
        ? Decision.Of(started, new WatchMonitor(started.Run), new AnswerStarts())
        : Decision.Of(
            [started, Requested(state.Spec!, started.Run, HookStage.PostStart, 0, null, now)],
            // As in the reference, who runs a command is connected with it at once, and the hooks run beside it.
            [new WatchMonitor(started.Run), .. state.Spec!.IsOneOff ? (IContainerEffect[])[new AnswerStarts()] : [], new RunHook(started.Run)]);

    /// <summary>Whether a stop has hooks to run first. A frozen container can run nothing.</summary>
    public static bool HoldStop(ContainerState state) => state is { Phase: ContainerPhase.Running, Paused: false } && !Of(state.Spec!, HookStage.PreStop).IsEmpty;

    /// <param name="stop">What is done after them.</param>
    public static Decision BeforeStop(ContainerState state, ContainerStopRequested stop, params ImmutableArray<IContainerEffect> effects) => Decision.Of(
        [Requested(state.Spec!, state.Run, HookStage.PreStop, 0, new HeldStop(stop.Signal, stop.Grace, stop.Cause, stop.ThenStart, stop.ByHalt), stop.At)],
        [.. state.Hook is null ? (IContainerEffect[])[] : [new AnswerStarts("it was stopped before its post_start hooks were over")], .. effects, new RunHook(state.Run)]);

    public static Decision Ended(ContainerState state, HookFinished command, DateTimeOffset now)
    {
        if (state.Hook is not { } hook || (hook.Run, hook.Stage, hook.Index) != (command.Run, command.Stage, command.Index))
        {
            // Of a run that is over, or of a start that was stopped.
            return Decision.Nothing;
        }

        var (spec, result) = (state.Spec!, command.Result);
        var ended = new ContainerHookEnded(
            spec.Subject, now, hook.Run, hook.Stage, hook.Index, result.ExitCode, result.TimedOut, result.Error, result.LastLines.IsDefaultOrEmpty ? null : result.LastLines);
        var goesOn = result.Succeeded || (hook.Then is { } then && (result.TimedOut || then.ThenStart));
        if (!goesOn)
        {
            var error = Failure(spec, ended);
            return hook.Stage == HookStage.PostStart ? Decision.Of(ended, new AnswerStarts(error)) : Decision.Of(ended, new AnswerStops(error));
        }

        if (hook.Index + 1 < Of(spec, hook.Stage).Length)
        {
            return Decision.Of([ended, Requested(spec, hook.Run, hook.Stage, hook.Index + 1, hook.Then, now)], new RunHook(hook.Run));
        }

        if (hook.Then is null)
        {
            return Decision.Of(ended, new AnswerStarts());
        }

        var stop = StopOf(state, now);
        return Decision.Of([ended, stop], [new SendStopSignal(hook.Run, stop.Signal, stop.Grace), .. ContainerPausing.Released(state, stop.Cause)]);
    }

    /// <summary>The stop that the hooks under way are for.</summary>
    public static ContainerStopRequested StopOf(ContainerState state, DateTimeOffset now)
    {
        var then = state.Hook!.Then!;
        return new ContainerStopRequested(state.Spec!.Subject, now, then.Signal, then.Grace, then.Cause, then.ThenStart, then.ByHalt);
    }

    /// <summary>As the reference says it.</summary>
    public static string Failure(ContainerSpec spec, ContainerHookEnded ended)
    {
        var what = $"{spec.Service} hook {InWords.Hook(ended.Stage, ended.Index)}";
        var why = ended switch
        {
            { Error: { } error } => $"{what} could not be run: {error}",
            { TimedOut: true } => $"{what} took too long and was killed",
            { ExitCode: { } code } => $"{spec.Service} hook exited with status {code} ({InWords.Hook(ended.Stage, ended.Index)})",
            _ => $"{what}: nobody saw it end",
        };
        return ended.LastLines is { IsEmpty: false } lines ? $"{why}: {string.Join('\n', lines)}" : why;
    }

    private static ContainerHookRequested Requested(ContainerSpec spec, int run, HookStage stage, int index, HeldStop? then, DateTimeOffset now) => new(
        spec.Subject, now, run, stage, index, Of(spec, stage)[index].Command,
        stage == HookStage.PostStart ? null : spec.StopGracePeriod > MostOfStop ? spec.StopGracePeriod : MostOfStop,
        then);
}
