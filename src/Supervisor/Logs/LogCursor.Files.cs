using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Logs;

/// <summary>From the newest lines of the oldest file to the end of the one that is written, past rotation.</summary>
internal sealed partial class LogCursor
{
    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            scanned -= start;
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        while (file is not null || NextFile())
        {
            var read = RandomAccess.Read(file!, buffer.AsSpan(end), position);
            if (read > 0)
            {
                PassTime();
                end += read;
                position += read;
                return true;
            }

            // Emptied under us by somebody: from its start again.
            if (position > RandomAccess.GetLength(file!))
            {
                position = 0;
                start = scanned = end = 0;
                continue;
            }

            if (later.Count == 0 && !LookForRotation())
            {
                return false;
            }

            if (later.Count > 0)
            {
                NextFile();

                // What a file ends in without a newline is not continued in the next.
                if (end > 0)
                {
                    buffer[end++] = (byte)'\n';
                    return true;
                }
            }
        }

        return false;
    }

    private bool LookForRotation()
    {
        if (!LogFiles.IsRotated(Source.Path, file!))
        {
            return false;
        }

        if (RandomAccess.GetLength(file!) > position)
        {
            return true;
        }

        LogFiles.OpenAfter(Source.Path, file!).ForEach(later.Enqueue);
        return later.Count > 0;
    }

    private bool NextFile()
    {
        if (later.Count == 0)
        {
            LogFiles.OpenAll(Source.Path).ForEach(later.Enqueue);
        }

        if (!later.TryDequeue(out var next))
        {
            return false;
        }

        file?.Dispose();
        file = next;
        position = 0;
        return true;
    }

    private static long SkipToTail(List<SafeFileHandle> files, int count)
    {
        var isEnd = true;
        for (var i = files.Count - 1; i >= 0; i--)
        {
            var (offset, lines) = LogTail.Find(files[i], count, isEnd);
            count -= lines;
            isEnd &= lines == 0;
            if (offset > 0)
            {
                files.GetRange(0, i).ForEach(older => older.Dispose());
                files.RemoveRange(0, i);
                return offset;
            }
        }

        return 0;
    }
}
