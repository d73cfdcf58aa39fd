using System.Buffers.Binary;

namespace Devoxx.Images.Archives;

/// <summary>
/// Reads one 512-byte header block: v7, ustar (POSIX.1-1988), GNU and star. Offsets from tar(5) of libarchive and GNU tar's <c>tar.h</c>.
/// </summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int Size = 512;

    private readonly ReadOnlySpan<byte> _block = block;

    public byte TypeFlag => _block[156];

    public bool IsUstar => _block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    public bool IsGnu => _block.Slice(257, 8).SequenceEqual("ustar  \0"u8);

    /// <summary>Star marks its headers at the end, and has a shorter prefix field.</summary>
    private bool IsStar => IsUstar && _block.Slice(508, 4).SequenceEqual("tar\0"u8);

    public long Mode => Number(_block.Slice(100, 8));

    public long Uid => Number(_block.Slice(108, 8));

    public long Gid => Number(_block.Slice(116, 8));

    public long FileSize => Number(_block.Slice(124, 12));

    public long Modified => Number(_block.Slice(136, 12));

    public long DeviceMajor => IsUstar || IsGnu ? Number(_block.Slice(329, 8)) : 0;

    public long DeviceMinor => IsUstar || IsGnu ? Number(_block.Slice(337, 8)) : 0;

    public ReadOnlySpan<byte> LinkName => Text(_block.Slice(157, 100));

    public byte[] Name
    {
        get
        {
            var name = Text(_block[..100]);
            var prefix = IsUstar ? Text(_block.Slice(345, IsStar ? 131 : 155)) : default;
            return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
    }

    /// <summary>GNU tar's sparse map in the header itself: four extents.</summary>
    public ReadOnlySpan<byte> GnuSparseMap => _block.Slice(386, 96);

    public bool GnuSparseIsExtended => _block[482] != 0;

    public long GnuRealSize => Number(_block.Slice(483, 12));

    /// <summary>The sum of all bytes, the checksum field itself taken as blanks. Some old programs summed signed bytes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> block)
    {
        if (block.Length < Size)
        {
            return false;
        }

        long unsigned = 0, signed = 0;
        for (var i = 0; i < Size; i++)
        {
            var b = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += b;
            signed += (sbyte)b;
        }

        return TryNumber(block.Slice(148, 8), out var sum) && (sum == unsigned || sum == signed);
    }

    public static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    /// <exception cref="TarFormatException">Not a number.</exception>
    public static long Number(ReadOnlySpan<byte> field) =>
        TryNumber(field, out var value) ? value : throw new TarFormatException("damaged tar header: a field that should be a number is none");

    /// <summary>Octal digits between blanks and NULs; or, with the first bit set, a binary number in two's complement (GNU).</summary>
    private static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            var negative = (field[0] & 0x40) != 0;
            Span<byte> wide = stackalloc byte[8];
            wide.Fill(negative ? (byte)0xff : (byte)0);
            var low = field[^Math.Min(8, field.Length)..];
            low.CopyTo(wide[(8 - low.Length)..]);
            if (field.Length <= 8)
            {
                wide[8 - field.Length] = negative ? (byte)(field[0] | 0x80) : (byte)(field[0] & 0x7f);
            }
            else
            {
                // All that is left of the low eight bytes must be sign.
                var high = field[..^8];
                var fill = negative ? (byte)0xff : (byte)0;
                if (high[1..].ContainsAnyExcept(fill) || (negative ? (byte)(high[0] | 0x80) : (byte)(high[0] & 0x7f)) != fill)
                {
                    return false;
                }
            }

            value = BinaryPrimitives.ReadInt64BigEndian(wide);
            return field.Length <= 8 || value < 0 == negative;
        }

        var text = field.Trim(" \0"u8);
        if (text.Length > 21)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c is 0 or (byte)' ')
            {
                break;
            }

            if (c is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (uint)(c - '0');
        }

        return value >= 0;
    }

    /// <summary>Up to the first NUL, or the whole field.</summary>
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
