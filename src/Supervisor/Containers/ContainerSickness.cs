using Devoxx.Native.Processes;
using Devoxx.Supervisor.Health;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Containers.IContainerEvent, Devoxx.Supervisor.Containers.IContainerEffect>;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a container's health, and what it says of itself, lead to. Pure.</summary>
public static class ContainerSickness
{
    private const int SigAbort = 6;
    private static readonly TimeSpan TimeBetweenStatuses = TimeSpan.FromSeconds(1);

    internal static Decision Observed(ContainerState state, HealthObserved command, DateTimeOffset now)
    {
        var spec = state.Spec!;
        var changed = new ContainerHealthChanged(
            spec.Subject, now, command.Run, command.Status, command.Reason, command.FailingStreak, command.Results);
        var signal = Signal.Parse(spec.StopSignal);
        return command.Status == HealthStatus.Unhealthy && state.Ending is null
            ? spec.Restart.OnUnhealthy switch
            {
                UnhealthyAction.Restart => Decision.Of(
                    [changed, new ContainerEndRequested(spec.Subject, now, state.Run, EndKind.Unhealthy, signal, spec.StopGracePeriod, "unhealthy: " + command.Reason)],
                    new SendStopSignal(state.Run, signal, spec.StopGracePeriod)),
                UnhealthyAction.Stop => Decision.Of(
                    [changed, new ContainerStopRequested(spec.Subject, now, signal, spec.StopGracePeriod, $"unhealthy, and on_unhealthy is stop: {command.Reason}")],
                    new SendStopSignal(state.Run, signal, spec.StopGracePeriod)),
                _ => Decision.Of(changed),
            }
            : Decision.Of(changed);
    }

    internal static Decision Notified(ContainerState state, NotificationReceived command, DateTimeOffset now)
    {
        var (message, before) = (command.Message, state.Notified);
        var told = new ContainerNotified(
            state.Spec!.Subject,
            now,
            state.Run,
            message.Ready || before is { Ready: true },
            message.Stopping ? "stopping" : message.Reloading ? "reloading" : message.Ready ? "ready" : before?.State ?? "starting",
            message.Status ?? before?.Status,
            message.Watchdog is { } watchdog ? watchdog == TimeSpan.Zero ? null : watchdog : before is null ? state.Spec.Notify?.Watchdog : before.Watchdog);
        var decision = News(state, told, now);
        if (message.Extension is { } time && (state.Phase == ContainerPhase.Stopping || state.Ending is not null))
        {
            // Only a stop has a time of its own here: who waits for a start says how long itself.
            decision = decision with { Effects = decision.Effects.Add(new ExtendGrace(state.Run, time)) };
        }

        if (told.Ready && (message.Ready || message.Alive || message.Watchdog is not null))
        {
            decision = decision with { Effects = decision.Effects.Add(new FeedWatchdog(state.Run, told.Watchdog)) };
        }

        // Ready is healthy, unless a check has a word in it too.
        if (told.Ready && before is not { Ready: true } && state is { Phase: ContainerPhase.Running, Spec.Health: null, Health.Status: not HealthStatus.Healthy })
        {
            decision = decision with
            {
                Events = decision.Events.Add(new ContainerHealthChanged(state.Spec.Subject, now, state.Run, HealthStatus.Healthy, "it said that it is ready", 0, [])),
            };
        }

        if (!message.Hung || state is not { Phase: ContainerPhase.Running, Ending: null })
        {
            return decision;
        }

        var end = End(state, "watchdog: it said itself that it does not work (WATCHDOG=trigger)", now);
        return Decision.Of(decision.Events.AddRange(end.Events), decision.Effects.AddRange(end.Effects));
    }

    /// <summary>A status alone is journaled once a second at the most, and then the newest.</summary>
    private static Decision News(ContainerState state, ContainerNotified told, DateTimeOffset now)
    {
        if (state.Notified is not { } before)
        {
            return told is { Ready: false, State: "starting", Status: null } && told.Watchdog == state.Spec!.Notify?.Watchdog ? Decision.Nothing : Decision.Of(told);
        }

        if (told == before with { At = told.At })
        {
            return Decision.Nothing;
        }

        // A clock that has been set back makes nobody wait.
        var left = before.At > now ? TimeSpan.Zero : before.At + TimeBetweenStatuses - now;
        return left <= TimeSpan.Zero || told != before with { At = told.At, Status = told.Status }
            ? Decision.Of(told)
            : Decision.Only(new RepeatStatus(state.Run, told.Status!, left));
    }

    internal static Decision Hung(ContainerState state, WatchdogElapsed command, DateTimeOffset now) => state.Paused
        // Frozen, it cannot say anything.
        ? Decision.Only(new FeedWatchdog(state.Run, command.Silence))
        : End(state, $"watchdog: nothing heard for {InWords.Span(command.Silence)}", now);

    /// <summary>SIGABRT, as systemd does, so that a core or a trace may tell where it hangs; then SIGKILL.</summary>
    private static Decision End(ContainerState state, string reason, DateTimeOffset now) => Decision.Of(
        new ContainerEndRequested(state.Spec!.Subject, now, state.Run, EndKind.Watchdog, SigAbort, state.Spec.StopGracePeriod, reason),
        new SendStopSignal(state.Run, SigAbort, state.Spec.StopGracePeriod));
}
