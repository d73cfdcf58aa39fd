using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Monitor;

/// <summary><c>exit.json</c>: how the newest run of a container ended.</summary>
/// <param name="StartedAt">RFC 3339 with nanoseconds, likewise <paramref name="ExitedAt"/>.</param>
/// <param name="ExitCode">128 + n when signal n ended it.</param>
/// <param name="OomKills">Processes of its cgroup that the kernel killed for want of memory.</param>
/// <param name="RanForMs">Milliseconds from its start to its end, by a clock that nobody sets.</param>
internal sealed record ExitRecord(
    int Pid, ulong StartTime, string BootId, string StartedAt, string ExitedAt, int ExitCode, int? Signal, long OomKills, long RanForMs)
{
    public byte[] ToJson() => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid", Pid);
        writer.WriteNumber("startTime", StartTime);
        writer.WriteString("bootId", BootId);
        writer.WriteString("startedAt", StartedAt);
        writer.WriteString("exitedAt", ExitedAt);
        writer.WriteNumber("exitCode", ExitCode);
        if (Signal is { } signal)
        {
            writer.WriteNumber("signal", signal);
        }
        else
        {
            writer.WriteNull("signal");
        }

        writer.WriteNumber("oomKills", OomKills);
        writer.WriteNumber("ranForMs", RanForMs);
        writer.WriteEndObject();
    });
}
