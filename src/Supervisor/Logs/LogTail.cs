using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Logs;

/// <summary>Finds where the last lines begin, reading from the end only as far as needed.</summary>
internal static class LogTail
{
    private const int Block = 64 * 1024;

    /// <summary>
    /// The offset in <paramref name="file"/> at which its last <paramref name="count"/> lines begin, and how many lines
    /// there are from there on: fewer than asked for when the file is too short. Pieces of one line count once.
    /// </summary>
    /// <param name="isEnd">Nothing comes after this file: a piece at its end is a line of its own.</param>
    public static (long Offset, int Lines) Find(SafeFileHandle file, int count, bool isEnd)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            var lines = 0;
            var end = RandomAccess.GetLength(file);
            var isLast = true;
            var isWhole = isEnd;
            while (end > 0)
            {
                // [start, end) ends with a newline, except at the very end of a file that is being written.
                var start = Math.Max(0, end - buffer.Length);
                var part = buffer.AsSpan(0, (int)(end - start));
                Fill(file, part, start);
                if (isLast && part[^1] != '\n')
                {
                    // Not yet a record; it is read all the same, and counts for nothing.
                    var newline = part.LastIndexOf((byte)'\n');
                    if (newline < 0 && start > 0)
                    {
                        buffer = Grow(buffer);
                        continue;
                    }

                    end = start + newline + 1;
                    part = part[..(newline + 1)];
                }

                while (!part.IsEmpty)
                {
                    var previous = part[..^1].LastIndexOf((byte)'\n');
                    if (previous < 0 && start > 0)
                    {
                        break;
                    }

                    var record = part[(previous + 1)..^1];
                    var isPiece = CriRecord.TryParse(record, out var parsed) && parsed.IsPiece;

                    // A piece belongs to the line that follows it.
                    if (!isPiece || isWhole)
                    {
                        if (lines == count)
                        {
                            return (start + part.Length, lines);
                        }

                        lines++;
                    }

                    isLast = isWhole = false;
                    part = part[..(previous + 1)];
                }

                if (start + part.Length == end)
                {
                    buffer = Grow(buffer);
                }

                end = start + part.Length;
            }

            return (0, lines);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Fill(SafeFileHandle file, Span<byte> part, long offset)
    {
        while (!part.IsEmpty)
        {
            var read = RandomAccess.Read(file, part, offset);
            if (read == 0)
            {
                throw new EndOfStreamException("the log was truncated while it was read");
            }

            part = part[read..];
            offset += read;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
