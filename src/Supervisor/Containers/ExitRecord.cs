using System.Text.Json.Serialization;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a monitor writes to <c>exit.json</c> when its container's first process is gone.</summary>
/// <param name="StartTime">Field 22 of proc_pid_stat(5).</param>
/// <param name="ExitCode">128 + signal if a signal ended it.</param>
/// <param name="RanForMs">How long it ran by a clock that nobody sets, in milliseconds; null: a monitor of before, which did not tell.</param>
public sealed record ExitRecord(
    int Pid, ulong StartTime, string BootId, DateTimeOffset StartedAt, DateTimeOffset ExitedAt, int ExitCode, int? Signal, int OomKills, long? RanForMs = null)
{
    /// <summary>How long it ran.</summary>
    public TimeSpan RanFor => RanForMs is { } time ? TimeSpan.FromMilliseconds(time) : ExitedAt > StartedAt ? ExitedAt - StartedAt : TimeSpan.Zero;

    /// <summary>What of its log is of this run is not stamped before this, though the clock may have been set back meanwhile.</summary>
    public DateTimeOffset Since(DateTimeOffset startRequestedAt) => ExitedAt - RanFor is var begun && begun < startRequestedAt ? begun : startRequestedAt;
}

/// <summary>The one line a monitor writes to its status descriptor.</summary>
internal sealed record MonitorStatus(int Pid, ulong StartTime, int MonitorPid, ulong MonitorStartTime, string? Error, string? Kind);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExitRecord))]
[JsonSerializable(typeof(MonitorStatus))]
internal sealed partial class MonitorJson : JsonSerializerContext;
