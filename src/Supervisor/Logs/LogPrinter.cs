namespace Devoxx.Supervisor.Logs;

/// <summary>
/// Writes lines as <c>logs</c> and <c>up</c> show them: prefix, time if wanted, text. What was written to stderr goes to
/// <paramref name="stderr"/>, in the order in which it comes.
/// </summary>
/// <param name="stdout">Unbuffered: it is given large blocks. <c>Console.OpenStandardOutput()</c>.</param>
/// <param name="stderr">Likewise; may be the same object.</param>
/// <param name="timestamps">Write each line's time before its text.</param>
public sealed class LogPrinter(Stream stdout, Stream stderr, bool timestamps = false) : ILogSink
{
    private readonly byte[] buffer = new byte[128 * 1024];
    private int used;
    private Stream? target;

    /// <inheritdoc/>
    public void Write(in LogLine line)
    {
        var stream = line.Stream == LogStream.Stderr ? stderr : stdout;
        if (!ReferenceEquals(stream, target))
        {
            Flush();
            target = stream;
        }

        var prefix = line.Source.Prefix.Span;
        var time = timestamps ? line.Timestamp : default;
        var size = prefix.Length + time.Length + line.Text.Length + 2;
        if (size > buffer.Length - used)
        {
            Flush();
        }

        if (size > buffer.Length)
        {
            WriteLarge(stream, prefix, time, line.Text);
            return;
        }

        var to = buffer.AsSpan(used);
        prefix.CopyTo(to);
        to = to[prefix.Length..];
        if (!time.IsEmpty)
        {
            time.CopyTo(to);
            to[time.Length] = (byte)' ';
            to = to[(time.Length + 1)..];
        }

        line.Text.CopyTo(to);
        to[line.Text.Length] = (byte)'\n';
        used = buffer.Length - to.Length + line.Text.Length + 1;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        target?.Write(buffer.AsSpan(0, used));
        used = 0;
    }

    private static void WriteLarge(Stream target, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> time, ReadOnlySpan<byte> text)
    {
        target.Write(prefix);
        if (!time.IsEmpty)
        {
            target.Write(time);
            target.Write(" "u8);
        }

        target.Write(text);
        target.Write("\n"u8);
    }
}
