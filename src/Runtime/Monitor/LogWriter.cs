namespace Devoxx.Runtime.Monitor;

/// <summary>
/// Takes what one read of a container's output gave and appends it to the log in one write. Its buffer lies outside of the managed heap and is
/// given back to the kernel after a burst.
/// </summary>
internal sealed unsafe class LogWriter(LogFile? file, LogClock clock)
{
    private const int Capacity = 1 << 20;

    private readonly byte* _buffer = (byte*)Memory.Reserve(Capacity);
    private int _filled;

    /// <summary>Returns how many bytes were taken; what is left is a piece of a line that waits for more.</summary>
    public int Take(ReadOnlySpan<byte> input, ReadOnlySpan<byte> stream, bool more)
    {
        if (file is null)
        {
            return input.Length;
        }

        var time = clock.Now();
        var taken = 0;
        while (taken < input.Length)
        {
            var length = LogFormatter.NextPiece(input[taken..], more, out var whole);
            if (length == 0)
            {
                break;
            }

            var needed = length + LogFormatter.Overhead + 1;
            if (_filled + needed > Capacity)
            {
                Flush();
            }

            if (_filled + needed > file.Room && _filled + file.Size > 0)
            {
                Flush();
                if (needed > file.Room && file.Size > 0)
                {
                    file.Rotate();
                }
            }

            _filled += LogFormatter.Write(new Span<byte>(_buffer + _filled, Capacity - _filled), time, stream, input.Slice(taken, length), whole);
            taken += length;
        }

        Flush();
        return taken;
    }

    /// <summary>Gives the pages of the buffer back.</summary>
    public void Release() => Memory.Release(_buffer, Capacity);

    private void Flush()
    {
        file!.Append(_buffer, _filled);
        _filled = 0;
    }
}
