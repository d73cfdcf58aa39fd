namespace Devoxx.Images.Archives;

/// <summary>
/// Reads a tar from a stream that need not seek: v7, ustar, GNU, star and pax, with GNU's four sparse formats.
/// </summary>
/// <remarks>
/// Why not System.Formats.Tar: its extended attributes are strings, so that <c>security.capability</c>, which is binary, arrives damaged; it refuses
/// sparse files; and it does not hand out header bytes, of which <see cref="TarSkeleton"/> makes the archive whole again bit by bit.
/// </remarks>
public sealed partial class TarReader(Stream source, TarSkeletonWriter? skeleton = null)
{
    /// <summary>As Go's archive/tar bounds what a header may make a reader keep.</summary>
    private const int LargestSpecialFile = 1 << 20;

    private readonly TarBuffer _buffer = new(source, skeleton);
    private readonly TarEntry _entry = new();
    private long _payload;
    private long _padding;
    private bool _ended;

    /// <summary>The next entry; null after the last one, when the stream has been read to its very end.</summary>
    /// <exception cref="TarFormatException">Damaged, or cut off.</exception>
    public TarEntry? Next()
    {
        if (_ended)
        {
            return null;
        }

        SkipPayload();
        PaxRecords? pax = null;
        long described = 0;
        byte[]? longName = null, longLink = null;
        while (true)
        {
            var block = _buffer.Block(atEndAllowed: pax is null && longName is null && longLink is null);
            if (block.IsEmpty || TarHeader.IsZero(block))
            {
                return End(block.IsEmpty);
            }

            if (!TarHeader.IsValid(block))
            {
                throw new TarFormatException("damaged tar: the checksum of a header does not match");
            }

            var header = new TarHeader(block);
            if (header.TypeFlag is (byte)'x' or (byte)'X' or (byte)'L' or (byte)'K' && (described += Math.Max(0, header.FileSize)) > LargestSpecialFile)
            {
                // One after the other: each may be small, and all are kept until the entry comes that they are about.
                throw new TarFormatException($"damaged tar: an entry with more than {LargestSpecialFile} bytes of extended headers");
            }

            switch (header.TypeFlag)
            {
                case (byte)'x' or (byte)'X':
                    pax ??= new PaxRecords();
                    pax.Read(Special(header));
                    break;
                case (byte)'L':
                    longName = UntilNul(Special(header));
                    break;
                case (byte)'K':
                    longLink = UntilNul(Special(header));
                    break;
                case (byte)'g':
                    // Global headers are ignored, as Docker does; git-archive leaves its commit there.
                    Special(header);
                    break;
                default:
                    Fill(header, pax, longName, longLink);
                    return _entry;
            }
        }
    }

    /// <summary>The next stretch of the entry's payload, valid until the next call; empty after the last.</summary>
    public ReadOnlySpan<byte> NextChunk() => NextChunk(long.MaxValue);

    /// <summary>As <see cref="NextChunk()"/>, of at most so many bytes.</summary>
    public ReadOnlySpan<byte> NextChunk(long most)
    {
        if (_payload == 0)
        {
            return default;
        }

        var chunk = _buffer.Chunk(Math.Min(_payload, most));
        _payload -= chunk.Length;
        return chunk;
    }

    /// <inheritdoc cref="NextChunk"/>
    internal ReadOnlyMemory<byte> NextChunkMemory()
    {
        var length = NextChunk().Length;
        return _buffer.Lent(length);
    }

    private void SkipPayload()
    {
        _buffer.Skip(_payload + _padding);
        (_payload, _padding) = (0, 0);
    }

    /// <summary>Two zero blocks end an archive, as its end does; what follows belongs to its digest all the same.</summary>
    private TarEntry? End(bool atEnd)
    {
        if (!atEnd)
        {
            var second = _buffer.Block(atEndAllowed: true);
            if (!second.IsEmpty && !TarHeader.IsZero(second))
            {
                throw new TarFormatException("damaged tar: a lone zero block");
            }

            _buffer.SkipToEnd();
        }

        skeleton?.Flush();
        _ended = true;
        return null;
    }

    private byte[] Special(TarHeader header)
    {
        var size = header.FileSize;
        if (size is < 0 or > LargestSpecialFile)
        {
            throw new TarFormatException($"damaged tar: an extended header of {size} bytes");
        }

        var bytes = new byte[size];
        _buffer.ReadExactly(bytes);
        _buffer.Skip(Padding(size));
        return bytes;
    }

    private void Fill(TarHeader header, PaxRecords? pax, byte[]? longName, byte[]? longLink)
    {
        var flag = header.TypeFlag;
        _entry.Name = pax?.SparseName ?? pax?.Path ?? longName ?? header.Name;
        _entry.LinkName = pax?.LinkPath ?? longLink ?? header.LinkName.ToArray();
        _entry.Mode = (uint)header.Mode & 0xfff;
        _entry.Uid = Id(pax?.Uid ?? header.Uid);
        _entry.Gid = Id(pax?.Gid ?? header.Gid);
        (_entry.ModifiedSeconds, _entry.ModifiedNanoseconds) = pax?.Modified ?? (header.Modified, 0);
        _entry.DeviceMajor = Device(pax?.DeviceMajor ?? header.DeviceMajor);
        _entry.DeviceMinor = Device(pax?.DeviceMinor ?? header.DeviceMinor);
        _entry.Extents = null;
        _entry.Xattrs.Clear();
        if (pax is not null)
        {
            _entry.Xattrs.AddRange(pax.Xattrs);
        }

        _entry.Type = flag switch
        {
            0 when _entry.Name is [.., (byte)'/'] => TarEntryType.Directory,
            0 or (byte)'0' or (byte)'7' or (byte)'S' => TarEntryType.RegularFile,
            (byte)'1' => TarEntryType.HardLink,
            (byte)'2' => TarEntryType.SymbolicLink,
            (byte)'3' => TarEntryType.CharacterDevice,
            (byte)'4' => TarEntryType.BlockDevice,
            (byte)'5' => TarEntryType.Directory,
            (byte)'6' => TarEntryType.Fifo,
            _ => TarEntryType.Other,
        };

        // Links, devices and directories have no payload, whatever their size field says (Go's isHeaderOnlyType).
        var size = flag is >= (byte)'1' and <= (byte)'6' ? 0 : pax?.Size ?? header.FileSize;
        if (size < 0)
        {
            throw new TarFormatException("damaged tar: a negative size");
        }

        (_payload, _padding) = (size, Padding(size));
        _entry.Size = size;
        if (flag == (byte)'S')
        {
            _entry.Size = header.GnuRealSize;
            _entry.Extents = GnuSparseMap(header);
        }
        else if (_entry.Type == TarEntryType.RegularFile && pax is { SparseRealSize: { } realSize } && (pax.SparseMap is not null || pax.SparseVersion == (1, 0)))
        {
            _entry.Size = realSize;
            _entry.Extents = pax.SparseVersion == (1, 0) ? MapInPayload() : pax.SparseMap;
        }

        if (_entry.Extents is not null)
        {
            Validate(_entry.Extents, _entry.Size);
        }

        _entry.PayloadSize = _payload;
    }

    private static uint Id(long id) => id is >= 0 and < uint.MaxValue ? (uint)id : throw new TarFormatException($"damaged tar: {id} is no user or group id");

    private static uint Device(long number) => number is >= 0 and <= uint.MaxValue ? (uint)number : throw new TarFormatException($"damaged tar: {number} is no device number");

    private static long Padding(long size) => (TarHeader.Size - size % TarHeader.Size) % TarHeader.Size;

    private static byte[] UntilNul(byte[] text)
    {
        var end = Array.IndexOf(text, (byte)0);
        return end < 0 ? text : text[..end];
    }
}
