using System.Collections.Immutable;

namespace Devoxx.Supervisor.Health;

/// <summary>How a container's health is probed. The defaults are docker's.</summary>
/// <param name="Command">What is executed in the container, a shell's arguments resolved.</param>
public sealed record HealthSpec(ImmutableArray<string> Command)
{
    /// <summary>From the end of a probe to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A probe that takes longer is killed with all its children, and has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So many failures in a row make it unhealthy.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>From its start, how long failures do not count while it has never been healthy.</summary>
    public TimeSpan StartPeriod { get; init; } = TimeSpan.Zero;

    /// <summary>In place of <see cref="Interval"/> during <see cref="StartPeriod"/>, until it is healthy.</summary>
    public TimeSpan StartInterval { get; init; } = TimeSpan.FromSeconds(5);
}
