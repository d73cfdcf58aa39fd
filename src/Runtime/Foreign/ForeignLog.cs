using System.Text.Json;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Foreign;

/// <summary>What another runtime says in the file of <c>--log</c>: one JSON object a line, with <c>level</c> and <c>msg</c>, as runc began it.</summary>
internal static class ForeignLog
{
    /// <summary>The last error; null when there is none, or the file is no such log.</summary>
    public static string? LastError(ReadOnlySpan<byte> log)
    {
        string? last = null;
        foreach (var range in log.Split((byte)'\n'))
        {
            last = Error(log[range]) ?? last;
        }

        return last;
    }

    /// <summary>What kind of failure a message tells of: runtimes have no other way to say that the command is not there.</summary>
    public static string KindOf(string message)
    {
        var text = message.ToLowerInvariant();
        return !text.Contains("exec", StringComparison.Ordinal) ? FailureKind.Setup
            : text.Contains("executable file", StringComparison.Ordinal) && text.Contains("not found", StringComparison.Ordinal) ? FailureKind.ExecNotFound
            : text.Contains("exec:", StringComparison.Ordinal) && text.Contains("no such file or directory", StringComparison.Ordinal) ? FailureKind.ExecNotFound
            : text.Contains("permission denied", StringComparison.Ordinal) ? FailureKind.ExecNotExecutable
            : FailureKind.Setup;
    }

    private static string? Error(ReadOnlySpan<byte> line)
    {
        if (line is not [(byte)'{', ..])
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            var entry = document.RootElement;
            return entry.TryGetProperty("level", out var level) && level.GetString() is "error" or "fatal" && entry.TryGetProperty("msg", out var message)
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null; // cut off, or somebody else's
        }
    }
}
