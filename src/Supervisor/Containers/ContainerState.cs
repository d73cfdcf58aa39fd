using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Containers;

/// <summary>Where a container is in its life; the arrows stand in docs/architecture.md.</summary>
public enum ContainerPhase
{
    /// <summary>Not there yet.</summary>
    None,
    Created,
    Starting,
    Running,
    Stopping,
    Exited,
    BackingOff,
    Removing,
    Removed,

    /// <summary>To be started, as soon as what it depends on is ready.</summary>
    Waiting,
}

/// <summary>The processes of a run, by identity that no reused pid can take.</summary>
public sealed record RunningProcess(int Pid, ulong StartTime, int MonitorPid, ulong MonitorStartTime, string BootId)
{
    /// <summary>How long it has run, by a clock that nobody sets.</summary>
    /// <param name="sinceBoot">The time since boot now.</param>
    public TimeSpan RanFor(TimeSpan sinceBoot) => sinceBoot - BootClock.Of(StartTime) is { Ticks: > 0 } time ? time : TimeSpan.Zero;
}

/// <summary>A container as its events have made it. Knows no clock.</summary>
public sealed record ContainerState
{
    public static ContainerState Initial { get; } = new();

    public ContainerPhase Phase { get; init; }

    public ContainerSpec? Spec { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Runs so far, the current one included.</summary>
    public int Run { get; init; }

    /// <summary>Restarts by policy since the last start by somebody.</summary>
    public int Attempt { get; init; }

    /// <summary>Restarts by policy in all its life.</summary>
    public int Restarts { get; init; }

    /// <summary>Why the newest run was made; null before the first.</summary>
    public string? StartCause { get; init; }

    /// <summary>What the newest run was started by; null before the first.</summary>
    public StartedBy? StartedBy { get; init; }

    public RunningProcess? Process { get; init; }

    /// <summary>Of a run that is watched, by probes or by what it says itself; null: it does not run, or nobody can tell.</summary>
    public ContainerHealth? Health { get; init; }

    /// <summary>Addresses and host ports of the newest run; null: none.</summary>
    public Networks.ContainerConnections? Connections { get; init; }

    /// <summary>When the newest run was asked for: what its monitor records is later.</summary>
    public DateTimeOffset StartRequestedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The newest end of a run; null before the first.</summary>
    public ContainerExited? LastExit { get; init; }

    /// <summary>Why the newest start failed; null if it did not.</summary>
    public ContainerStartFailed? StartFailure { get; init; }

    /// <summary>Somebody asked for it to be stopped: policies leave it alone.</summary>
    public bool StoppedOnPurpose { get; init; }

    public ContainerStopRequested? Stop { get; init; }

    /// <summary>This program ends this run of its own accord; null: it does not.</summary>
    public ContainerEndRequested? Ending { get; init; }

    /// <summary>What it has told of itself in this run; null: nothing.</summary>
    public ContainerNotified? Notified { get; init; }

    /// <summary>Why this program sent SIGKILL in this run; null: it did not.</summary>
    public string? KilledBecause { get; init; }

    public ContainerRestartScheduled? NextStart { get; init; }

    public string? GaveUp { get; init; }

    /// <summary>All its processes stand still, frozen by its cgroup.</summary>
    public bool Paused { get; init; }

    /// <summary>It is paused for a <c>commit</c>, and only as long as that takes.</summary>
    public bool Held { get; init; }

    /// <summary>The hook that is under way; null: none.</summary>
    public ContainerHookRequested? Hook { get; init; }

    /// <summary>The newest hook of this run that failed; null: none has.</summary>
    public ContainerHookEnded? HookFailure { get; init; }

    /// <summary>What it waits for in <see cref="ContainerPhase.Waiting"/>; null in any other.</summary>
    public ContainerWaiting? Waiting { get; init; }

    /// <summary>By container id: the dependency's run that the newest run goes with.</summary>
    public ImmutableSortedDictionary<string, int>? Follows { get; init; }

    /// <summary>Nobody asked for the newest start: a policy did, or a dependency that was followed.</summary>
    public bool ByItself { get; init; }

    /// <summary>The newest start was asked for without regard to dependencies.</summary>
    public bool Ungated { get; init; }

    /// <summary>Somebody's stop, or this program, has begun to end the run.</summary>
    [JsonIgnore]
    public bool IsEnding => Phase == ContainerPhase.Stopping || (Phase == ContainerPhase.Running && Ending is not null);

    /// <summary>The hooks run that come before the signal of a stop.</summary>
    [JsonIgnore]
    public bool IsBeforeStop => this is { Phase: ContainerPhase.Running, Hook.Stage: Hooks.HookStage.PreStop };

    /// <summary>It runs no longer than its hooks, its signal and its grace period take: a start comes after that.</summary>
    [JsonIgnore]
    public bool IsBeingStopped => IsEnding || IsBeforeStop;

    private ContainerPhase AtRest => Run == 0 ? ContainerPhase.Created : ContainerPhase.Exited;

    /// <summary>Takes an event in. Total: an event this code does not know is an error, never passed over.</summary>
    public ContainerState Apply(IContainerEvent @event) => @event switch
    {
        ContainerCreated e => this with { Phase = ContainerPhase.Created, Spec = e.Spec, CreatedAt = e.At },
        ContainerStartRequested e => this with
        {
            Phase = ContainerPhase.Starting,
            Run = e.Run,
            StartRequestedAt = e.At,
            StartCause = e.Cause,
            StartedBy = e.StartedBy,
            Attempt = e.Attempt,
            Restarts = e.Attempt > 0 ? Restarts + 1 : Restarts,
            Process = null,
            Health = null,
            Notified = null,
            Ending = null,
            StartFailure = null,
            StoppedOnPurpose = false,
            Stop = null,
            KilledBecause = null,
            NextStart = null,
            GaveUp = null,
            Paused = false,
            Held = false,
            Hook = null,
            HookFailure = null,
            Waiting = null,
            Follows = e.Follows,
            ByItself = e.Attempt > 0 || Waiting is { Asked: false },
            Ungated = e.Ungated,
        },
        ContainerWaiting e => this with { Phase = ContainerPhase.Waiting, Waiting = e, NextStart = null, StartFailure = null, GaveUp = null },
        ContainerStarted e => this with
        {
            Phase = ContainerPhase.Running,
            StartedAt = e.At,
            Connections = e.Network,
            Process = new RunningProcess(e.Pid, e.StartTime, e.MonitorPid, e.MonitorStartTime, e.BootId),
            Health = Spec!.Health is null && Spec.Notify is null ? null : new ContainerHealth(HealthStatus.Starting, e.At),
        },
        ContainerNotified e => this with { Notified = e },
        ContainerEndRequested e => this with { Ending = e },
        ContainerHealthChanged e => this with { Health = new ContainerHealth(e.Status, e.At, e.Reason, e.FailingStreak) },
        ContainerStartFailed e => this with { Phase = ContainerPhase.Exited, StartFailure = e, Process = null },
        ContainerStopRequested e => this with
        {
            Phase = Phase is ContainerPhase.Running or ContainerPhase.Starting or ContainerPhase.Stopping ? ContainerPhase.Stopping : AtRest,
            StoppedOnPurpose = !e.ByHalt,
            Stop = e,
            NextStart = null,
            Paused = false,
            Held = false,
            Hook = null,
            Waiting = null,
        },
        ContainerHookRequested e => this with { Hook = e },
        ContainerHookEnded e => this with { Hook = null, HookFailure = e is { ExitCode: 0, TimedOut: false } ? HookFailure : e },
        ContainerSignalled e => e.Signal == 9 ? this with { KilledBecause = e.Cause } : this,
        ContainerExited e => this with { Phase = ContainerPhase.Exited, LastExit = e, Process = null, Health = null, StartFailure = null, Paused = false, Held = false, Hook = null },
        ContainerPaused e => this with { Paused = true, Held = e.Cause == ContainerPausing.CommitCause },
        ContainerUnpaused => this with { Paused = false, Held = false },
        ContainerRestartScheduled e => this with { Phase = ContainerPhase.BackingOff, NextStart = e },
        ContainerGaveUp e => this with { Phase = AtRest, GaveUp = e.Reason, Waiting = null, NextStart = null },
        ContainerRenamed e => this with { Spec = Spec! with { Name = e.Name } },
        ContainerRemoveRequested => this with { Phase = ContainerPhase.Removing, NextStart = null, Waiting = null },
        ContainerRemoved => this with { Phase = ContainerPhase.Removed },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a container"),
    };
}
