using System.Collections.Immutable;

namespace Devoxx.Supervisor.Health;

public enum HealthStatus
{
    /// <summary>It has never been healthy in this run, nor failed often enough.</summary>
    Starting,
    Healthy,
    Unhealthy,
}

/// <summary>A running container's health as the journal has it: changes only, not each probe.</summary>
/// <param name="Reason">In words, what made it so; empty: nothing has been found out yet.</param>
/// <param name="FailingStreak">Failures in a row at the time of the change.</param>
public sealed record ContainerHealth(HealthStatus Status, DateTimeOffset Since, string Reason = "", int FailingStreak = 0);

/// <summary>One probe.</summary>
/// <param name="ExitCode">0: healthy; −1: it was killed at its timeout, or could not be executed.</param>
/// <param name="Output">What it wrote, at most <see cref="HealthDecisions.MostOutput"/> bytes of it.</param>
public sealed record ProbeResult(DateTimeOffset StartedAt, TimeSpan Duration, int ExitCode, string Output);

/// <summary>What is known of a run's health between changes. Not journaled: a supervisor that comes back counts failures anew.</summary>
/// <param name="FailingStreak">Failures in a row.</param>
/// <param name="Results">The newest, oldest first, at most <see cref="HealthDecisions.MostResults"/>.</param>
/// <param name="Ready">It has said so, or need not.</param>
public sealed record HealthProbing(HealthStatus Status, int FailingStreak, ImmutableArray<ProbeResult> Results, bool Ready = true)
{
    public static HealthProbing Begin { get; } = new(HealthStatus.Starting, 0, []);
}
