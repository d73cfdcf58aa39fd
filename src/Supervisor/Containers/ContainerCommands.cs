using System.Collections.Immutable;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a container is told to do, or is told has come of what it did.</summary>
public interface IContainerCommand;

/// <summary>A command of the plan: answered by exactly one <see cref="ContainerAnswer"/> to the parent.</summary>
public interface IContainerOrder : IContainerCommand
{
    /// <summary>The plan's number for it.</summary>
    long Order { get; }
}

/// <param name="Cause">Why the plan wants it.</param>
public sealed record CreateContainer(long Order, ContainerSpec Spec, string Cause) : IContainerOrder;

/// <param name="Gate">How its dependencies are; null: ready.</param>
/// <param name="Ungated">Its dependencies do not count, now and when it restarts: <c>--no-deps</c>.</param>
/// <param name="StartedBy">Who wants it.</param>
public sealed record StartContainer(
    long Order, string Cause, StartGate? Gate = null, bool Ungated = false, StartedBy StartedBy = StartedBy.User) : IContainerOrder;

/// <param name="Grace">Null: the container's own.</param>
/// <param name="ByHalt">The machine stops; nobody wants the container stopped.</param>
public sealed record StopContainer(long Order, TimeSpan? Grace, string Cause, bool ByHalt = false) : IContainerOrder;

public sealed record KillContainer(long Order, int Signal, string Cause) : IContainerOrder;

/// <summary>Every process stands still until <see cref="UnpauseContainer"/>.</summary>
public sealed record PauseContainer(long Order, string Cause) : IContainerOrder;

public sealed record UnpauseContainer(long Order, string Cause) : IContainerOrder;

/// <summary>The container is the same under another name.</summary>
public sealed record RenameContainer(long Order, string Name, string Cause) : IContainerOrder;

/// <summary>Only of a container that does not run.</summary>
public sealed record RemoveContainer(long Order, string Cause) : IContainerOrder;

/// <summary>Everything a start needs is in place.</summary>
internal sealed record ContainerPrepared(int Run) : IContainerCommand;

/// <summary>Something a start needs could not be had.</summary>
internal sealed record PreparationFailed(int Run, string Error, int ExitCode) : IContainerCommand;

internal sealed record MonitorStarted(int Run, RunningProcess Process) : IContainerCommand
{
    public Networks.ContainerConnections? Connections { get; init; }
}

/// <summary>What probes or the container itself have made of its health.</summary>
internal sealed record HealthObserved(int Run, HealthStatus Status, string Reason, int FailingStreak, ImmutableArray<ProbeResult> Results) : IContainerCommand;

/// <summary>What the container has told of itself.</summary>
internal sealed record NotificationReceived(int Run, NotifyMessage Message) : IContainerCommand;

/// <summary>It was silent for longer than its watchdog allows.</summary>
internal sealed record WatchdogElapsed(int Run, TimeSpan Silence) : IContainerCommand;

/// <summary>A hook has ended, or could not be run.</summary>
internal sealed record HookFinished(int Run, Hooks.HookStage Stage, int Index, Hooks.HookResult Result) : IContainerCommand;

/// <summary>The run is over and its cgroup and mounts are released.</summary>
internal sealed record RunEnded(int Run, ExitRecord? Record, CgroupUsage? Usage, RunEvidence? Evidence = null) : IContainerCommand;

/// <summary>The grace period of a stop is over.</summary>
internal sealed record GraceElapsed(int Run) : IContainerCommand;

/// <summary>The stop's signal does nothing, and never will: see <see cref="Monitors.StopSignals"/>.</summary>
internal sealed record StopSignalDropped(int Run, int Signal) : IContainerCommand;

/// <summary>The back-off before a restart by policy is over.</summary>
/// <param name="Gate">How its dependencies are, as the project has answered <see cref="StartDue"/>; null: ready.</param>
internal sealed record BackOffElapsed(int Attempt, StartGate? Gate = null) : IContainerCommand;

/// <summary>While it waits for its dependencies: they are another way now.</summary>
internal sealed record DependenciesChanged(StartGate Gate) : IContainerCommand;

/// <summary>Who waits for a start that waits for its dependencies waits no longer; the container does.</summary>
internal sealed record AbandonWait(string Why) : IContainerCommand;

/// <summary>A dependency with <c>restart: true</c> has been started again by itself: stop, and start when it is ready.</summary>
internal sealed record FollowDependency(string Cause) : IContainerCommand;

/// <summary>Sent up when a back-off is over; answered by <see cref="BackOffElapsed"/>.</summary>
internal sealed record StartDue(string ContainerId, int Attempt);

internal sealed record ContainerFilesRemoved : IContainerCommand;

internal sealed record ContainerFilesNotRemoved(string Error) : IContainerCommand;

/// <summary>Recovery, after observing: the run of before lives and has been adopted.</summary>
internal sealed record FoundRunning : IContainerCommand;

/// <summary>The one answer to an order, sent up.</summary>
/// <param name="Error">Null: done.</param>
public sealed record ContainerAnswer(long Order, string ContainerId, string? Error);

/// <summary>Sent up after every change, and once after recovery.</summary>
/// <param name="MemoryKills">Processes of a run that goes on, which the kernel has killed for want of memory: its cgroup's events have them.</param>
public sealed record ContainerChanged(string ContainerId, ContainerState State, bool Recovered = false, int MemoryKills = 0);
