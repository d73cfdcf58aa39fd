using System.Globalization;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor;

/// <summary>Quantities and states as people read them.</summary>
public static class InWords
{
    /// <summary><c>800 ms</c>, <c>8 s</c>, <c>2 min 5 s</c>, <c>3 h 10 min</c>, <c>2 d 1 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 1000 } => $"{span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms",
        { TotalSeconds: < 10 } => $"{span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
        { TotalDays: < 1 } => Two(span.Hours, "h", span.Minutes, "min"),
        _ => Two((int)span.TotalDays, "d", span.Hours, "h"),
    };

    /// <summary><c>512 B</c>, <c>16 MiB</c>, <c>1.5 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString("0.#", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>docker's words.</summary>
    public static string Health(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Unhealthy => "unhealthy",
        _ => "starting",
    };

    /// <summary>The Compose format's word.</summary>
    public static string Stage(Hooks.HookStage stage) => stage == Hooks.HookStage.PostStart ? "post_start" : "pre_stop";

    /// <summary><c>post_start[0]</c></summary>
    public static string Hook(Hooks.HookStage stage, int index) => $"{Stage(stage)}[{index.ToString(CultureInfo.InvariantCulture)}]";

    public static string Phase(ContainerPhase phase) => phase switch
    {
        ContainerPhase.None => "not created",
        ContainerPhase.BackingOff => "waiting to be started again",
        ContainerPhase.Waiting => "waiting for its dependencies",
        ContainerPhase.Removing => "being removed",
        _ => phase.ToString().ToLowerInvariant(),
    };

    /// <summary>What has started a run, in one word: <c>up</c>, <c>user</c>, <c>policy</c>, <c>dependency</c>.</summary>
    public static string Starter(StartedBy starter) => starter.ToString().ToLowerInvariant();

    /// <summary>Of a container that lives on.</summary>
    /// <param name="kills">Since this run began.</param>
    public static string MemoryKills(int kills) => $"out of memory: the kernel killed a process in it ({kills} in this run)";

    public static string Outcome(Projects.UpdateOutcome outcome) => outcome switch
    {
        Projects.UpdateOutcome.RolledBack => "rolled back",
        _ => outcome.ToString().ToLowerInvariant(),
    };

    private static string Two(int first, string firstUnit, int second, string secondUnit) =>
        second == 0 ? $"{first} {firstUnit}" : $"{first} {firstUnit} {second} {secondUnit}";
}
