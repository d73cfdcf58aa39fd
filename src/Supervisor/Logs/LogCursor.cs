using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Logs;

/// <summary>
/// Reads one log line by line, from its oldest file to its newest, across rotations. At the end for now it says so, and
/// can be asked again later.
/// </summary>
internal sealed partial class LogCursor : IDisposable
{
    // A container that never ends its line must not take all memory: beyond this, a newline is put in.
    private const int LongestLine = 16 << 20;

    private readonly Queue<SafeFileHandle> later = new();
    private readonly ArrayBufferWriter<byte>?[] pieces = new ArrayBufferWriter<byte>?[2];
    private readonly byte[]?[] piecesTime = new byte[2][];
    private readonly byte[]? until;
    private readonly (SafeFileHandle? File, long Length) old;
    private readonly bool isBygone;
    private byte[]? since;
    private SafeFileHandle? file;
    private long position;
    private byte[] buffer;
    private int start, scanned, end;
    private int timeStart, timeLength, textStart, textLength;
    private LogStream stream;
    private bool isJoined;

    /// <param name="bufferSize">Bytes; grows to the longest record.</param>
    public LogCursor(LogSource source, LogQuery query, int bufferSize = 256 * 1024)
    {
        Source = source;
        since = Bound(query.Since);
        isBygone = query.Since < DateTimeOffset.UtcNow;
        until = Bound(query.Until);
        buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
        var files = LogFiles.OpenAll(source.Path);
        var skip = query.Tail is { } count ? SkipToTail(files, count) : 0;
        files.ForEach(later.Enqueue);
        if (since is not null && isBygone)
        {
            old = files is [.., var newest] ? (newest, RandomAccess.GetLength(newest)) : default;
        }

        if (later.TryDequeue(out file))
        {
            position = skip;
        }
    }

    public LogSource Source { get; }

    /// <summary>Whether there is a line at hand, in <see cref="Current"/>.</summary>
    public bool HasLine { get; private set; }

    /// <summary>The time of the line at hand.</summary>
    public ReadOnlySpan<byte> Time => isJoined ? piecesTime[(int)stream] : buffer.AsSpan(timeStart, timeLength);

    /// <summary>The line at hand, good until the next <see cref="MoveNext"/>.</summary>
    public LogLine Current => new(
        Source, stream, Time, isJoined ? pieces[(int)stream]!.WrittenSpan : buffer.AsSpan(textStart, textLength));

    /// <summary>Goes to the next line; false at the end for now.</summary>
    public bool MoveNext()
    {
        if (isJoined)
        {
            pieces[(int)stream]!.ResetWrittenCount();
            isJoined = false;
        }

        while (true)
        {
            var newline = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (newline < 0)
            {
                scanned = end;
                if (Fill())
                {
                    continue;
                }

                return HasLine = false;
            }

            var from = start;
            start = scanned = scanned + newline + 1;
            if (Take(from, start - 1 - from))
            {
                return HasLine = true;
            }
        }
    }

    /// <summary>
    /// For when nobody writes any more: also gives the line that was begun and never ended. To be called until it says false.
    /// </summary>
    public bool MoveToRest()
    {
        if (MoveNext())
        {
            return true;
        }

        if (end > start)
        {
            var from = start;
            var length = end - start;
            start = scanned = end;

            // Torn off in the middle of its head, it says nothing.
            if (CriRecord.TryParse(buffer.AsSpan(from, length), out _) && Take(from, length))
            {
                return HasLine = true;
            }
        }

        foreach (var each in (ReadOnlySpan<LogStream>)[LogStream.Stdout, LogStream.Stderr])
        {
            if (pieces[(int)each]?.WrittenCount > 0)
            {
                stream = each;
                isJoined = true;
                if (IsWanted(piecesTime[(int)each]))
                {
                    return HasLine = true;
                }

                pieces[(int)each]!.ResetWrittenCount();
                isJoined = false;
            }
        }

        return HasLine = false;
    }

    public void Dispose()
    {
        file?.Dispose();
        while (later.TryDequeue(out var next))
        {
            next.Dispose();
        }

        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        start = scanned = end = 0;
    }

    // Makes the record at hand the line at hand, unless it is a piece, or not wanted.
    private bool Take(int from, int length)
    {
        if (!CriRecord.TryParse(buffer.AsSpan(from, length), out var record))
        {
            // Not ours, but somebody's words (a disk that was full tears records): shown rather than lost.
            stream = LogStream.Stdout;
            (timeStart, timeLength, textStart, textLength) = (from, 0, from, length);
            return length > 0;
        }

        var begun = pieces[(int)record.Stream];
        if (record.IsPiece || begun?.WrittenCount > 0)
        {
            begun ??= pieces[(int)record.Stream] = new ArrayBufferWriter<byte>();
            if (begun.WrittenCount == 0)
            {
                piecesTime[(int)record.Stream] = record.Timestamp.ToArray();
            }

            begun.Write(record.Text);
            if (record.IsPiece && begun.WrittenCount < LongestLine)
            {
                return false;
            }

            stream = record.Stream;
            if (IsWanted(piecesTime[(int)stream]))
            {
                return isJoined = true;
            }

            begun.ResetWrittenCount();
            return false;
        }

        if ((since is not null || until is not null) && !IsWanted(record.Timestamp))
        {
            return false;
        }

        stream = record.Stream;
        timeStart = from;
        timeLength = record.Timestamp.Length;
        textLength = record.Text.Length;
        textStart = from + length - textLength;
        return true;
    }

    // All times have one width and one zone, so that their bytes compare as they do.
    private bool IsWanted(ReadOnlySpan<byte> time) =>
        (since is null || time.SequenceCompareTo(since) >= 0) && (until is null || time.SequenceCompareTo(until) <= 0);

    // What is written after a time that is over is of after that time, whatever a clock that is set back stamps it with.
    private void PassTime()
    {
        if (since is not null && isBygone && (old.File is null || (ReferenceEquals(file, old.File) ? position >= old.Length : later.Count == 0)))
        {
            since = null;
        }
    }

    // True when there is more to read: in the files that came after, or in this one, written to before it was renamed.

    // Closes the files that are not needed; where to begin in the first that is.

    private static byte[]? Bound(DateTimeOffset? time) =>
        time is { } instant ? Encoding.ASCII.GetBytes($"{instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z") : null;
}
