using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Hooks;

namespace Devoxx.Supervisor.Containers;

/// <summary>What happens to one container, in the order of its life.</summary>
public interface IContainerEvent : IEvent;

/// <summary>The container exists from here on: its directories are made before its first start.</summary>
public sealed record ContainerCreated(Subject Subject, DateTimeOffset At, ContainerSpec Spec, string Cause) : IContainerEvent;

/// <summary>Intent: a run is about to be made.</summary>
/// <param name="Run">From 1.</param>
/// <param name="Attempt">How many restarts by policy came before since the last success; 0: not a restart by policy.</param>
/// <param name="Follows">By container id: the run of each dependency with <c>restart: true</c> that this run goes with; a later one by itself is followed.</param>
/// <param name="Ungated">Asked for with <c>--no-deps</c>: its restarts do not wait for its dependencies either.</param>
/// <param name="StartedBy">Null: written before this was.</param>
public sealed record ContainerStartRequested(
    Subject Subject,
    DateTimeOffset At,
    int Run,
    string Cause,
    int Attempt,
    ImmutableSortedDictionary<string, int>? Follows = null,
    bool Ungated = false,
    StartedBy? StartedBy = null) : IContainerEvent;

/// <summary>It is to be started, and waits for what it depends on; the next <c>container.start-requested</c>, <c>container.gave-up</c> or <c>container.stop-requested</c> ends it.</summary>
/// <param name="Cause">Why it is to be started.</param>
/// <param name="Attempt">As of the start that comes.</param>
/// <param name="Reason">What for: <c>waiting for db to become healthy</c>.</param>
/// <param name="Asked">Somebody asked for the start, and what does not come true soon is a failure; false: it starts by itself, and waits as long as need be.</param>
/// <param name="Ungated">As of the start that comes.</param>
/// <param name="StartedBy">As of the start that comes.</param>
public sealed record ContainerWaiting(
    Subject Subject, DateTimeOffset At, string Cause, int Attempt, string Reason, bool Asked, bool Ungated = false, StartedBy? StartedBy = null) : IContainerEvent;

/// <summary>Outcome: execve(2) of the command has succeeded.</summary>
/// <param name="StartTime">Field 22 of proc_pid_stat(5): with the boot id, the process's identity.</param>
/// <param name="Network">Its addresses and host ports; null: none.</param>
public sealed record ContainerStarted(
    Subject Subject, DateTimeOffset At, int Run, int Pid, ulong StartTime, int MonitorPid, ulong MonitorStartTime, string BootId, Networks.ContainerConnections? Network = null) : IContainerEvent;

/// <summary>Outcome: nothing runs, and why.</summary>
/// <param name="ExitCode">127 command not found, 126 not executable, 125 anything else.</param>
public sealed record ContainerStartFailed(Subject Subject, DateTimeOffset At, int Run, string Error, int ExitCode) : IContainerEvent;

/// <summary>Intent: a hook is run in the container; <see cref="ContainerHookEnded"/> is the outcome.</summary>
/// <param name="Index">Its place among those of its stage, from 0.</param>
/// <param name="Timeout">When it is killed; null: never.</param>
/// <param name="Then">Of <see cref="HookStage.PreStop"/>: the stop that comes when the hooks are over.</param>
public sealed record ContainerHookRequested(
    Subject Subject, DateTimeOffset At, int Run, HookStage Stage, int Index, ImmutableArray<string> Command, TimeSpan? Timeout = null, HeldStop? Then = null) : IContainerEvent;

/// <summary>A stop that waits for hooks: what <see cref="ContainerStopRequested"/> will say.</summary>
public sealed record HeldStop(int Signal, TimeSpan Grace, string Cause, bool ThenStart = false, bool ByHalt = false);

/// <summary>Outcome of a hook.</summary>
/// <param name="ExitCode">Null: it could not be run, or nobody saw it end.</param>
/// <param name="TimedOut">It was killed because it took too long.</param>
/// <param name="Error">Why it could not be run; null: it was.</param>
/// <param name="LastLines">The end of what it wrote, oldest first; null: nothing.</param>
public sealed record ContainerHookEnded(
    Subject Subject, DateTimeOffset At, int Run, HookStage Stage, int Index, int? ExitCode, bool TimedOut = false, string? Error = null,
    ImmutableArray<string>? LastLines = null) : IContainerEvent;

/// <summary>Intent: the container is being stopped.</summary>
/// <param name="Signal">What it is sent first.</param>
/// <param name="Grace">How long until SIGKILL.</param>
/// <param name="Cause">Who asked, and why it is as it is.</param>
/// <param name="ThenStart">It is started again when it has stopped and its dependencies are ready.</param>
/// <param name="ByHalt">The machine stops: the restart policy has the container back when the machine is.</param>
public sealed record ContainerStopRequested(
    Subject Subject, DateTimeOffset At, int Signal, TimeSpan Grace, string Cause, bool ThenStart = false, bool ByHalt = false) : IContainerEvent;

/// <summary>Intent: a signal is sent that is not part of an orderly stop.</summary>
public sealed record ContainerSignalled(Subject Subject, DateTimeOffset At, int Signal, string Cause) : IContainerEvent;

/// <summary>Its health is another than before; probes that change nothing are not journaled.</summary>
/// <param name="Reason">In words, what made it so.</param>
/// <param name="FailingStreak">Failed probes in a row.</param>
/// <param name="Results">The newest probes, oldest first.</param>
public sealed record ContainerHealthChanged(
    Subject Subject, DateTimeOffset At, int Run, HealthStatus Status, string Reason, int FailingStreak, ImmutableArray<ProbeResult> Results) : IContainerEvent;

/// <summary>Outcome: every process of the container stands still.</summary>
public sealed record ContainerPaused(Subject Subject, DateTimeOffset At, string Cause) : IContainerEvent;

/// <summary>Outcome: its processes run on.</summary>
public sealed record ContainerUnpaused(Subject Subject, DateTimeOffset At, string Cause) : IContainerEvent;

/// <summary>What the container has told of itself is another than before: sd_notify(3).</summary>
/// <param name="Ready">It has said READY=1 in this run.</param>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>reloading</c> or <c>stopping</c>.</param>
/// <param name="Status">Its own words.</param>
/// <param name="Watchdog">How long it may be silent; null: as long as it likes.</param>
public sealed record ContainerNotified(
    Subject Subject, DateTimeOffset At, int Run, bool Ready, string State, string? Status, TimeSpan? Watchdog) : IContainerEvent;

/// <summary>Intent: the run is ended by this program itself, and what comes then is the policy's; nobody asked for a stop.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Signal">What it is sent first.</param>
/// <param name="Grace">How long until SIGKILL.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ContainerEndRequested(
    Subject Subject, DateTimeOffset At, int Run, EndKind Kind, int Signal, TimeSpan Grace, string Reason) : IContainerEvent;

public enum EndKind
{
    /// <summary>It is unhealthy, and <c>on_unhealthy: restart</c>.</summary>
    Unhealthy,

    /// <summary>It has not fed its watchdog.</summary>
    Watchdog,
}

/// <summary>The one record of how a run ended.</summary>
/// <param name="ExitCode">128 + signal if a signal ended it; 255 if nobody saw it end.</param>
/// <param name="OutOfMemory">The kernel killed it at its memory limit: counted by this run's own cgroup.</param>
/// <param name="Cause">In words: what ended it.</param>
/// <param name="MemoryPeak">Bytes; null where the kernel does not tell.</param>
/// <param name="CpuTime">Processor time used.</param>
/// <param name="StartedBecause">Why it was started.</param>
/// <param name="Attempt">Of its restart policy; 0: it was not started by it.</param>
/// <param name="Health">How it last was: <c>starting</c>, <c>healthy</c>, <c>unhealthy</c>; null: nobody could tell.</param>
/// <param name="Probes">The last probes, oldest first, what they wrote cut short.</param>
/// <param name="Status">The last it told of itself.</param>
/// <param name="LastLines">The end of what it wrote, oldest first.</param>
/// <param name="StartedBy">What it was started by; null: written before this was.</param>
public sealed record ContainerExited(
    Subject Subject,
    DateTimeOffset At,
    int Run,
    int ExitCode,
    int? Signal,
    bool OutOfMemory,
    TimeSpan Duration,
    string Cause,
    long? MemoryPeak,
    TimeSpan? CpuTime,
    int OomKills,
    string? StartedBecause = null,
    int Attempt = 0,
    DateTimeOffset? StartedAt = null,
    int? Pid = null,
    string? BootId = null,
    string? Health = null,
    ImmutableArray<ProbeResult>? Probes = null,
    string? Status = null,
    ImmutableArray<string>? LastLines = null,
    StartedBy? StartedBy = null) : IContainerEvent;

/// <summary>The restart policy starts it again at <paramref name="Due"/>.</summary>
public sealed record ContainerRestartScheduled(Subject Subject, DateTimeOffset At, int Attempt, int? MaxAttempts, TimeSpan Delay, DateTimeOffset Due) : IContainerEvent;

/// <summary>The restart policy will not start it again.</summary>
public sealed record ContainerGaveUp(Subject Subject, DateTimeOffset At, string Reason) : IContainerEvent;

/// <summary>The container is the same under another name: it makes way for one that takes its place.</summary>
/// <param name="Subject">Under its name of before.</param>
public sealed record ContainerRenamed(Subject Subject, DateTimeOffset At, string Name, string Cause) : IContainerEvent;

/// <summary>Intent: the container and its own files go; its name is free only after the outcome.</summary>
public sealed record ContainerRemoveRequested(Subject Subject, DateTimeOffset At, string Cause) : IContainerEvent;

/// <summary>Outcome: nothing of it is left but its history.</summary>
public sealed record ContainerRemoved(Subject Subject, DateTimeOffset At) : IContainerEvent;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(ContainerStartRequested))]
[JsonSerializable(typeof(ContainerWaiting))]
[JsonSerializable(typeof(ContainerStarted))]
[JsonSerializable(typeof(ContainerStartFailed))]
[JsonSerializable(typeof(ContainerHookRequested))]
[JsonSerializable(typeof(ContainerHookEnded))]
[JsonSerializable(typeof(ContainerStopRequested))]
[JsonSerializable(typeof(ContainerSignalled))]
[JsonSerializable(typeof(ContainerHealthChanged))]
[JsonSerializable(typeof(ContainerPaused))]
[JsonSerializable(typeof(ContainerUnpaused))]
[JsonSerializable(typeof(ContainerNotified))]
[JsonSerializable(typeof(ContainerEndRequested))]
[JsonSerializable(typeof(ContainerExited))]
[JsonSerializable(typeof(ContainerRestartScheduled))]
[JsonSerializable(typeof(ContainerGaveUp))]
[JsonSerializable(typeof(ContainerRenamed))]
[JsonSerializable(typeof(ContainerRemoveRequested))]
[JsonSerializable(typeof(ContainerRemoved))]
[JsonSerializable(typeof(ContainerState))]
internal sealed partial class ContainerEventJson : JsonSerializerContext;
