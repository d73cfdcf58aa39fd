using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Devoxx.Images.Archives;

/// <summary>
/// Extended headers of POSIX.1-2001 ("pax"): <c>length key=value\n</c>, length in decimal over the whole record. Values are bytes: a capability in
/// <c>SCHILY.xattr.security.capability</c> has NULs and is no UTF-8.
/// </summary>
internal sealed class PaxRecords
{
    public byte[]? Path { get; private set; }

    public byte[]? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public long? Uid { get; private set; }

    public long? Gid { get; private set; }

    public (long Seconds, uint Nanoseconds)? Modified { get; private set; }

    public long? DeviceMajor { get; private set; }

    public long? DeviceMinor { get; private set; }

    public List<(byte[] Name, byte[] Value)> Xattrs { get; } = [];

    /// <summary>GNU sparse formats 0.0, 0.1 and 1.0 (GNU tar manual, appendix "Storing Sparse Files").</summary>
    public (int Major, int Minor)? SparseVersion { get; private set; }

    public byte[]? SparseName { get; private set; }

    public long? SparseRealSize { get; private set; }

    public List<DataExtent>? SparseMap { get; private set; }

    private long? _offset;
    private int _major, _minor;

    /// <exception cref="TarFormatException">Malformed.</exception>
    public void Read(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var blank = text.IndexOf((byte)' ');
            if (blank <= 0 || !Utf8Parser.TryParse(text[..blank], out int length, out var used) || used != blank || length <= blank + 1 || length > text.Length || text[length - 1] != '\n')
            {
                // Some writers fill the rest of the block.
                if (TarHeader.IsZero(text))
                {
                    return;
                }

                throw new TarFormatException("damaged pax header in tar");
            }

            var record = text[(blank + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw new TarFormatException("damaged pax header in tar: no '='");
            }

            Take(record[..equals], record[(equals + 1)..]);
            text = text[length..];
        }
    }

    private void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith("SCHILY.xattr."u8))
        {
            Xattrs.Add((key[13..].ToArray(), value.ToArray()));
            return;
        }

        if (key.StartsWith("GNU.sparse."u8))
        {
            TakeSparse(key[11..], value);
            return;
        }

        // An empty value takes the record back (POSIX.1-2001, pax).
        if (key.SequenceEqual("path"u8))
        {
            Path = NullIfEmpty(value);
        }
        else if (key.SequenceEqual("linkpath"u8))
        {
            LinkPath = NullIfEmpty(value);
        }
        else if (key.SequenceEqual("size"u8))
        {
            Size = Integer(value);
        }
        else if (key.SequenceEqual("uid"u8))
        {
            Uid = Integer(value);
        }
        else if (key.SequenceEqual("gid"u8))
        {
            Gid = Integer(value);
        }
        else if (key.SequenceEqual("mtime"u8))
        {
            Modified = value.IsEmpty ? null : Time(value);
        }
        else if (key.SequenceEqual("SCHILY.devmajor"u8))
        {
            DeviceMajor = Integer(value);
        }
        else if (key.SequenceEqual("SCHILY.devminor"u8))
        {
            DeviceMinor = Integer(value);
        }
    }

    private void TakeSparse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("major"u8))
        {
            _major = (int)(Integer(value) ?? 0);
            SparseVersion = (_major, _minor);
        }
        else if (key.SequenceEqual("minor"u8))
        {
            _minor = (int)(Integer(value) ?? 0);
            SparseVersion = (_major, _minor);
        }
        else if (key.SequenceEqual("name"u8))
        {
            SparseName = NullIfEmpty(value);
        }
        else if (key.SequenceEqual("size"u8) || key.SequenceEqual("realsize"u8))
        {
            SparseRealSize = Integer(value);
        }
        else if (key.SequenceEqual("offset"u8))
        {
            _offset = Integer(value);
        }
        else if (key.SequenceEqual("numbytes"u8))
        {
            (SparseMap ??= []).Add(new DataExtent(_offset ?? throw new TarFormatException("damaged sparse map in tar"), Integer(value) ?? 0));
            _offset = null;
        }
        else if (key.SequenceEqual("map"u8))
        {
            SparseMap = [];
            var numbers = value.IsEmpty ? [] : Encoding.ASCII.GetString(value).Split(',');
            for (var i = 0; i + 1 < numbers.Length; i += 2)
            {
                SparseMap.Add(new DataExtent(Integer(numbers[i]), Integer(numbers[i + 1])));
            }
        }
    }

    private static byte[]? NullIfEmpty(ReadOnlySpan<byte> value) => value.IsEmpty ? null : value.ToArray();

    private static long Integer(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new TarFormatException("damaged sparse map in tar");

    private static long? Integer(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        return Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length
            ? number
            : throw new TarFormatException("damaged pax header in tar: not a number");
    }

    /// <summary>Decimal seconds with a fraction of any length, possibly negative; the fraction is counted towards the past then.</summary>
    private static (long Seconds, uint Nanoseconds) Time(ReadOnlySpan<byte> value)
    {
        var dot = value.IndexOf((byte)'.');
        var seconds = Integer(dot < 0 ? value : value[..dot]) ?? 0;
        uint nanoseconds = 0;
        if (dot >= 0)
        {
            var fraction = value[(dot + 1)..];
            for (var i = 0; i < 9; i++)
            {
                var digit = i < fraction.Length ? fraction[i] - '0' : 0;
                if (digit is < 0 or > 9)
                {
                    throw new TarFormatException("damaged pax header in tar: not a time");
                }

                nanoseconds = nanoseconds * 10 + (uint)digit;
            }
        }

        return value[0] == '-' && nanoseconds > 0 ? (seconds - 1, 1_000_000_000 - nanoseconds) : (seconds, nanoseconds);
    }
}
