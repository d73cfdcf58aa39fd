using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Projects;

/// <summary>A container's state as the control API shows it. Pure.</summary>
internal static class ContainerViews
{
    /// <param name="sinceBoot">The time since boot now.</param>
    /// <param name="memoryKills">Processes of this run that the kernel has killed for want of memory.</param>
    public static ContainerView Of(ContainerState state, StateRoot root, DateTimeOffset now, TimeSpan sinceBoot, int memoryKills = 0)
    {
        var spec = state.Spec!;
        var exit = state.LastExit;
        var runs = state.Phase is ContainerPhase.Running or ContainerPhase.Stopping or ContainerPhase.Starting;
        var failed = state.StartFailure;
        return new ContainerView(
            spec.Id,
            spec.Name,
            spec.Project,
            spec.Service,
            spec.Number,
            spec.Image,
            spec.ImageId,
            spec.Arguments,
            StateWord(state),
            Status(state, now, memoryKills),
            state.Health is { } health ? InWords.Health(health.Status) : null,
            runs ? null : failed?.ExitCode ?? exit?.ExitCode,
            runs ? null : exit?.Signal,
            !runs && failed is null && exit is { OutOfMemory: true },
            runs ? state.Process?.Pid : null,
            state.CreatedAt,
            state.StartedAt,
            runs ? null : failed?.At ?? exit?.At,
            state.Run,
            state.Restarts,
            root.Bundle(spec.Id),
            spec.Tty,
            spec.StdinOpen,
            spec.NetworkMode == "host" ? ["host"] : [.. spec.Networking?.Endpoints.Select(e => e.Network) ?? []],
            [.. spec.Mounts.Where(m => m.Kind != MountKind.Tmpfs).Select(m => m.Source).Distinct()],
            spec.Labels)
        {
            Connections = runs ? state.Connections : null,
            UpFor = runs ? state.Process?.RanFor(sinceBoot) : null,
            MemoryKills = memoryKills,
            Exposed = spec.Networking?.Exposed ?? [],
            Cgroup = root.CgroupOf(spec),
        };
    }

    /// <summary>Docker's word for the state.</summary>
    private static string StateWord(ContainerState state) => state.Phase switch
    {
        ContainerPhase.Created => "created",
        ContainerPhase.Starting when state.Run <= 1 => "created",
        ContainerPhase.Waiting when state.Run == 0 => "created",
        ContainerPhase.Starting or ContainerPhase.BackingOff or ContainerPhase.Waiting => "restarting",
        ContainerPhase.Running when state.Paused => "paused",
        ContainerPhase.Running or ContainerPhase.Stopping => "running",
        ContainerPhase.Removing or ContainerPhase.Removed => "removing",
        _ => "exited",
    };

    /// <summary>Why it is as it is, in short; empty when there is nothing to say.</summary>
    private static string Status(ContainerState state, DateTimeOffset now, int memoryKills) => state switch
    {
        { Phase: ContainerPhase.BackingOff, NextStart: { } next } =>
            $"{Reason(state)}; next start in {InWords.Span(Left(next, now))}, attempt {next.Attempt}"
            + (next.MaxAttempts is { } most ? $" of {most}" : ""),
        { Phase: ContainerPhase.Waiting, Waiting: { } waiting } => Run(state) + waiting.Reason,
        { GaveUp: { } because, Phase: ContainerPhase.Exited or ContainerPhase.Created } => $"{Run(state)}gave up: {because}",
        { Phase: ContainerPhase.Exited } => Reason(state),
        { Phase: ContainerPhase.Running, Ending: { } ending } => $"being ended: {ending.Reason}",
        { Phase: ContainerPhase.Running, Hook: { } hook } => $"{InWords.Hook(hook.Stage, hook.Index)} runs",
        { Phase: ContainerPhase.Running, Health: { Status: HealthStatus.Unhealthy } sick } =>
            sick.Reason + (memoryKills > 0 ? $"; {InWords.MemoryKills(memoryKills)}" : ""),
        { Phase: ContainerPhase.Running, HookFailure: { } failure } => ContainerHooks.Failure(state.Spec!, failure with { LastLines = null }),
        { Phase: ContainerPhase.Running } when memoryKills > 0 => InWords.MemoryKills(memoryKills),
        { Phase: ContainerPhase.Running, Notified.Status: { Length: > 0 } said } => said,
        { Phase: ContainerPhase.Stopping, Stop: { } stop } => $"stopping: {stop.Cause}",
        _ => "",
    };

    /// <summary>Not more than it was, nor less than nothing, whatever the clock has been set to.</summary>
    private static TimeSpan Left(ContainerRestartScheduled next, DateTimeOffset now) =>
        next.Due - now is var left && left < TimeSpan.Zero ? TimeSpan.Zero : left > next.Delay ? next.Delay : left;

    private static string Run(ContainerState state) => Reason(state) is { Length: > 0 } reason ? reason + "; " : "";

    private static string Reason(ContainerState state) => state.StartFailure?.Error ?? state.LastExit?.Cause ?? "";
}
