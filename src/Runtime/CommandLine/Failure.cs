using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.CommandLine;

/// <summary>What the person, or the engine, that asked reads when it did not work.</summary>
internal static class Failure
{
    /// <summary>To standard error, and to the file of <c>--log</c>, where engines look for the reason.</summary>
    public static void Print(string message, GlobalOptions? options)
    {
        Write(2, $"devoxx-runtime: {message}\n");
        Log(message, "error", options);
    }

    /// <summary>What was asked for and is done otherwise, or not at all; the work goes on.</summary>
    public static void Warn(string message)
    {
        if (_options?.Log is { Length: > 0 })
        {
            Log(message, "warning", _options);
            return;
        }

        Write(2, $"devoxx-runtime: warning: {message}\n");
    }

    /// <summary>Makes the file of <c>--log</c>: who cannot be told what went wrong is to hear so now.</summary>
    public static void OpenLog(GlobalOptions options)
    {
        _options = options;
        if (options.Log is { Length: > 0 } log)
        {
            FileDescriptor.Close(FileDescriptor.Open(log, LogFlags, LogMode));
        }
    }

    private static GlobalOptions? _options;

    private const int LogFlags = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND, LogMode = 0x1a4 /* 0644 */;

    private static void Log(string message, string level, GlobalOptions? options)
    {
        if (options?.Log is not { Length: > 0 } log)
        {
            return;
        }

        var fd = FileDescriptor.TryOpen(log, LogFlags, LogMode);
        if (fd >= 0)
        {
            Write(fd, Line(message, level, options.JsonLog) + "\n");
            FileDescriptor.Close(fd);
        }
    }

    /// <summary>To a descriptor, without System.Console, which costs a millisecond and most of a megabyte.</summary>
    public static void Write(int fd, string text)
    {
        try
        {
            FileDescriptor.WriteAll(fd, Encoding.UTF8.GetBytes(text));
        }
        catch (LinuxException)
        {
            // Nobody reads; the exit code says it too.
        }
    }

    private static string Line(string message, string level, bool json)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (!json)
        {
            return $"time=\"{time}\" level={level} msg=\"{message.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        }

        return Encoding.UTF8.GetString(JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("level", level);
            writer.WriteString("msg", message);
            writer.WriteString("time", time);
            writer.WriteEndObject();
        }));
    }
}
