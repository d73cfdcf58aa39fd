using System.Text.Json.Serialization;

namespace Devoxx.Runtime.Monitor;

/// <summary>The one line on the status descriptor when the container runs.</summary>
internal sealed record StartedStatus(int Pid, ulong StartTime, int MonitorPid, ulong MonitorStartTime);

/// <summary>The one line on the status descriptor when it could not be made.</summary>
internal sealed record FailedStatus(string Error, string Kind);

/// <summary><c>exit.json</c>: how the newest run of a container ended.</summary>
/// <param name="StartedAt">RFC 3339 with nanoseconds, likewise <paramref name="ExitedAt"/>.</param>
/// <param name="ExitCode">128 + n when signal n ended it.</param>
/// <param name="OomKills">Processes of its cgroup that the kernel killed for want of memory.</param>
internal sealed record ExitRecord(
    int Pid, ulong StartTime, string BootId, string StartedAt, string ExitedAt, int ExitCode,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Signal, long OomKills);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StartedStatus))]
[JsonSerializable(typeof(FailedStatus))]
[JsonSerializable(typeof(ExitRecord))]
internal sealed partial class MonitorJson : JsonSerializerContext;
