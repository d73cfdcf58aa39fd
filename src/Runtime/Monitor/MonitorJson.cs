using Devoxx.Runtime.Containers;

namespace Devoxx.Runtime.Monitor;

/// <summary>The JSON that a monitor leaves for whoever started it.</summary>
internal static class MonitorJson
{
    /// <summary>The one line on the status descriptor when the container runs.</summary>
    public static byte[] Started(int pid, ulong startTime, int monitorPid, ulong monitorStartTime) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid", pid);
        writer.WriteNumber("startTime", startTime);
        writer.WriteNumber("monitorPid", monitorPid);
        writer.WriteNumber("monitorStartTime", monitorStartTime);
        writer.WriteEndObject();
    });

    /// <summary>The one line on the status descriptor when it could not be made; kinds as in <see cref="Setup.FailureKind"/>.</summary>
    public static byte[] Failed(string error, string kind) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", error);
        writer.WriteString("kind", kind);
        writer.WriteEndObject();
    });
}
