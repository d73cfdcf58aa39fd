using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.EventLog;

/// <summary>One run of a container, as its events tell it.</summary>
/// <param name="Run">From 1.</param>
public sealed record RunRecord(int Run)
{
    /// <summary>What it was started by; null: the journal does not say.</summary>
    public StartedBy? StartedBy { get; init; }

    /// <summary>Why it was started.</summary>
    public string StartedBecause { get; init; } = "";

    /// <summary>Of its restart policy; 0: it was not started by it.</summary>
    public int Attempt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int? Pid { get; init; }

    public string? BootId { get; init; }

    /// <summary>How it ended; null: it runs, or never did.</summary>
    public ContainerExited? Exit { get; init; }

    /// <summary>Why it could not be started; null: it could.</summary>
    public ContainerStartFailed? Failure { get; init; }

    /// <summary>What happened to it meanwhile, oldest first: changes of health, kills for memory, signals.</summary>
    public ImmutableArray<RunIncident> Incidents { get; init; } = [];

    /// <summary>What its policy made of the end: another start, or none any more; null: nothing.</summary>
    public string? Then { get; init; }
}

/// <summary>Something that happened to a run, in words.</summary>
public sealed record RunIncident(DateTimeOffset At, string Text);
