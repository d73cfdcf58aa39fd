namespace Devoxx.Images.Archives;

/// <summary>
/// The bytes of an archive in stretches that are lent, not copied. All but lent payload is handed to the skeleton, too.
/// </summary>
internal sealed class TarBuffer(Stream source, TarSkeletonWriter? skeleton)
{
    /// <summary>Large enough that a write(2) per stretch costs little beside its copying; small enough for several layers at once.</summary>
    private readonly byte[] _bytes = new byte[256 << 10];
    private int _start;
    private int _end;

    /// <summary>The next 512 bytes; empty at the end of the stream where that is allowed.</summary>
    public ReadOnlySpan<byte> Block(bool atEndAllowed)
    {
        while (_end - _start < TarHeader.Size)
        {
            if (Refill())
            {
                continue;
            }

            return atEndAllowed && _end == _start ? default(ReadOnlySpan<byte>) : throw CutOff();
        }

        return Take(TarHeader.Size, record: true);
    }

    /// <summary>At least one byte, at most <paramref name="most"/>.</summary>
    public ReadOnlySpan<byte> Chunk(long most)
    {
        if (_start == _end && !Refill())
        {
            throw CutOff();
        }

        return Take((int)Math.Min(most, _end - _start), record: false);
    }

    public void ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_start == _end && !Refill())
            {
                throw CutOff();
            }

            var chunk = Take(Math.Min(destination.Length, _end - _start), record: true);
            chunk.CopyTo(destination);
            destination = destination[chunk.Length..];
        }
    }

    public void Skip(long count)
    {
        while (count > 0)
        {
            if (_start == _end && !Refill())
            {
                throw CutOff();
            }

            count -= Take((int)Math.Min(count, _end - _start), record: true).Length;
        }
    }

    public void SkipToEnd()
    {
        do
        {
            Take(_end - _start, record: true);
        }
        while (Refill());
    }

    /// <summary>The stretch that was lent last, again.</summary>
    public ReadOnlyMemory<byte> Lent(int length) => _bytes.AsMemory(_start - length, length);

    private ReadOnlySpan<byte> Take(int count, bool record)
    {
        var taken = _bytes.AsSpan(_start, count);
        _start += count;
        if (record)
        {
            skeleton?.Raw(taken);
        }

        return taken;
    }

    private bool Refill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        var read = source.Read(_bytes, _end, _bytes.Length - _end);
        _end += read;
        return read > 0;
    }

    private static TarFormatException CutOff() => new("the tar is cut off in the middle");
}
