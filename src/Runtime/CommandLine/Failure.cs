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
        if (options?.Log is not { Length: > 0 } log)
        {
            return;
        }

        var fd = FileDescriptor.TryOpen(log, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND, 0x1a4 /* 0644 */);
        if (fd >= 0)
        {
            Write(fd, Line(message, options.JsonLog) + "\n");
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

    private static string Line(string message, bool json)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (!json)
        {
            return $"time=\"{time}\" level=error msg=\"{message.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        }

        return Encoding.UTF8.GetString(JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("level", "error");
            writer.WriteString("msg", message);
            writer.WriteString("time", time);
            writer.WriteEndObject();
        }));
    }
}
