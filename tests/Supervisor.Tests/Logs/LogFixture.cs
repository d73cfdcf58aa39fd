using System.Text;
using Devoxx.Supervisor.Logs;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.Logs;

/// <summary>A container's log files, written as the monitor writes them.</summary>
internal sealed class LogFixture(TemporaryDirectory directory, string name) : IDisposable
{
    private static readonly DateTime Start = new(2026, 11, 23, 17, 24, 58, DateTimeKind.Utc);
    private FileStream? file;

    public LogSource Source { get; } = new(Make(directory[name]), name) { Prefix = Encoding.UTF8.GetBytes($"{name} | ") };

    /// <summary>Appends a record, at a number of milliseconds from the start.</summary>
    public LogFixture Write(int at, string text, string stream = "stdout", char tag = 'F') =>
        Raw($"{Time(at)} {stream} {tag} {text}\n");

    public LogFixture Raw(string bytes)
    {
        file ??= new FileStream(Source.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(Encoding.UTF8.GetBytes(bytes));
        return this;
    }

    /// <summary>As the monitor does: the oldest goes, the others move up by one, the next write makes a new one.</summary>
    public LogFixture Rotate(int maxFiles = 100)
    {
        file?.Dispose();
        file = null;
        for (var i = maxFiles - 1; i >= 0; i--)
        {
            var from = i == 0 ? Source.Path : $"{Source.Path}.{i}";
            if (File.Exists(from) && i == maxFiles - 1)
            {
                File.Delete(from);
            }
            else if (File.Exists(from))
            {
                File.Move(from, $"{Source.Path}.{i + 1}", overwrite: true);
            }
        }

        return this;
    }

    public static DateTimeOffset At(int milliseconds) => Start.AddMilliseconds(milliseconds);

    public static string Time(int milliseconds) => $"{Start.AddMilliseconds(milliseconds):yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z";

    public void Dispose() => file?.Dispose();

    private static string Make(string directory)
    {
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, "log");
    }
}

/// <summary>Keeps the lines it is given.</summary>
internal sealed class Collected : ILogSink
{
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public void Write(in LogLine line)
    {
        lock (gate)
        {
            lines.Add($"{line.Source.Name}{(line.Stream == LogStream.Stderr ? "!" : ":")}{Encoding.UTF8.GetString(line.Text)}");
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when so many lines have been shown.</summary>
    public async Task HasLines(int count)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (lines.Count >= count)
                {
                    return;
                }

                wait = changed.Task;
            }

            await wait.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
