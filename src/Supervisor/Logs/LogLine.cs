namespace Devoxx.Supervisor.Logs;

/// <summary>Where a container wrote a line.</summary>
public enum LogStream
{
    /// <summary>Its descriptor 1.</summary>
    Stdout,

    /// <summary>Its descriptor 2.</summary>
    Stderr,
}

/// <summary>One line of a log. Its spans are the reader's own, and good only until the sink returns.</summary>
public readonly ref struct LogLine(LogSource source, LogStream stream, ReadOnlySpan<byte> timestamp, ReadOnlySpan<byte> text)
{
    /// <summary>Whose line it is.</summary>
    public LogSource Source { get; } = source;

    /// <summary>Where it was written.</summary>
    public LogStream Stream { get; } = stream;

    /// <summary>When it was read from the container, as the log has it: <c>2026-11-23T17:24:58.123456789Z</c>.</summary>
    public ReadOnlySpan<byte> Timestamp { get; } = timestamp;

    /// <summary>The bytes as they were written, without the newline.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;
}

/// <summary>Where lines go.</summary>
public interface ILogSink
{
    /// <summary>Takes one line; it must not keep the spans.</summary>
    void Write(in LogLine line);

    /// <summary>There is nothing more just now: what is held back should be shown.</summary>
    void Flush();
}
