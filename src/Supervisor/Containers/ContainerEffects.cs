namespace Devoxx.Supervisor.Containers;

/// <summary>What is to be done once the events of a decision are in the journal.</summary>
public interface IContainerEffect;

/// <summary>Root, cgroup and volumes of a run; answered by <see cref="ContainerPrepared"/> or <see cref="PreparationFailed"/>.</summary>
internal sealed record PrepareRun(int Run) : IContainerEffect;

/// <summary>Write the bundle, start a monitor; answered by <see cref="MonitorStarted"/> or <see cref="PreparationFailed"/>.</summary>
internal sealed record StartMonitor(int Run) : IContainerEffect;

/// <summary>Be told by <see cref="RunEnded"/> when the run is over and released.</summary>
internal sealed record WatchMonitor(int Run) : IContainerEffect;

/// <summary>Give back cgroup and volumes of a run that never ran.</summary>
internal sealed record ReleaseRun(int Run) : IContainerEffect;

/// <summary>The hook that <see cref="ContainerState.Hook"/> tells of; answered by <see cref="HookFinished"/>.</summary>
/// <param name="Again">An earlier supervisor may have begun it.</param>
internal sealed record RunHook(int Run, bool Again = false) : IContainerEffect;

internal sealed record SendSignal(int Signal) : IContainerEffect;

/// <summary>Send a stop's first signal; SIGKILL at once where the kernel would drop it.</summary>
internal sealed record SendStopSignal(int Run, int Signal, TimeSpan Grace) : IContainerEffect;

/// <summary>Freeze or thaw the run's cgroup; answered by <see cref="Cgroups.CgroupFreezeAnswer"/>.</summary>
internal sealed record FreezeRun(int Run, bool Frozen, string Cause) : IContainerEffect;

/// <summary>Keep the order until the run's cgroup is frozen or thawed.</summary>
internal sealed record AwaitFreeze(long Order) : IContainerEffect;

internal sealed record AnswerFreezes(string? Error = null) : IContainerEffect;

/// <summary>The grace period of the stop of this run begins now, or again, and is so long.</summary>
internal sealed record ExtendGrace(int Run, TimeSpan Grace) : IContainerEffect;

/// <summary>It may be silent for so long from now on; null: as long as it likes.</summary>
internal sealed record FeedWatchdog(int Run, TimeSpan? Watchdog) : IContainerEffect;

/// <summary>Come back with this status after a while, unless a newer one has come meanwhile.</summary>
internal sealed record RepeatStatus(int Run, string Status, TimeSpan Delay) : IContainerEffect;

/// <summary>After a span and not at a time: the wall clock may be set between the decision and the effect.</summary>
internal sealed record ScheduleStart(int Attempt, TimeSpan Delay) : IContainerEffect;

internal sealed record CancelTimers : IContainerEffect;

internal sealed record RemoveFiles : IContainerEffect;

/// <summary>Answer an order; with <paramref name="Error"/> when it failed.</summary>
internal sealed record Answer(long Order, string? Error = null) : IContainerEffect;

/// <summary>Answer every order that waits for a start to come out.</summary>
internal sealed record AnswerStarts(string? Error = null) : IContainerEffect;

/// <summary>Answer every order that waits for the run to end; with <paramref name="Error"/> when it does not.</summary>
internal sealed record AnswerStops(string? Error = null) : IContainerEffect;

/// <summary>Keep the order until what it waits for comes out.</summary>
internal sealed record AwaitStart(long Order) : IContainerEffect;

internal sealed record AwaitStop(long Order) : IContainerEffect;

internal sealed record AwaitRemoval(long Order) : IContainerEffect;

internal sealed record AnswerRemovals(string? Error = null) : IContainerEffect;
