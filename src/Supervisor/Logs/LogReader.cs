using System.Collections.Immutable;
using System.Text;

namespace Devoxx.Supervisor.Logs;

/// <summary>Reads the logs there are, from the containers' files themselves.</summary>
public static class LogReader
{
    /// <summary>Writes what the logs hold now to <paramref name="sink"/>, in the order of time. A log without a file is empty.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static void Read(IReadOnlyList<LogSource> sources, LogQuery query, ILogSink sink)
    {
        var cursors = new List<LogCursor>(sources.Count);
        try
        {
            foreach (var source in sources)
            {
                cursors.Add(new LogCursor(source, query, BufferSize(sources.Count)));
            }

            LogMerge.Drain(cursors, sink, rest: true, stop: () => false);
            sink.Flush();
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
        }
    }

    /// <summary>The last lines of one log, oldest first, as text: bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="path">The newest file: <c>…/containers/ID/log</c>.</param>
    /// <param name="since">Null: however old they are.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ImmutableArray<string> LastLines(string path, int count, DateTimeOffset? since = null)
    {
        var lines = new Lines();
        Read([new LogSource(path, "")], new LogQuery { Tail = count, Since = since }, lines);
        return [.. lines.Text];
    }

    // All of them together some 4 MB at most, each at least one longest record.
    internal static int BufferSize(int sources) => Math.Clamp((4 << 20) / Math.Max(1, sources), 64 * 1024, 256 * 1024);

    private sealed class Lines : ILogSink
    {
        public List<string> Text { get; } = [];

        public void Write(in LogLine line) => Text.Add(Encoding.UTF8.GetString(line.Text));

        public void Flush()
        {
        }
    }
}
