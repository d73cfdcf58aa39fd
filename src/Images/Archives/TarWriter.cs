using System.Globalization;
using System.Text;

namespace Devoxx.Images.Archives;

/// <summary>Writes a tar: ustar headers, with pax headers for what those cannot say. Names and values are bytes; see <see cref="TarReader"/> for why not System.Formats.Tar.</summary>
internal sealed class TarWriter(Stream output)
{
    /// <summary>ustar's fields end at eleven octal digits.</summary>
    private const long LargestSize = 0x1_FFFF_FFFF;
    private const uint LargestId = 0x1F_FFFF;

    /// <summary>What an entry is called; its payload, <see cref="TarEntry.PayloadSize"/> bytes, and then <see cref="Pad"/> follow.</summary>
    public void Header(TarEntry entry)
    {
        var pax = new MemoryStream();
        Span<byte> header = stackalloc byte[TarHeader.Size];
        header.Clear();
        if (!Text(header[..100], entry.Name))
        {
            Record(pax, "path", entry.Name);
        }

        if (!Text(header.Slice(157, 100), entry.LinkName))
        {
            Record(pax, "linkpath", entry.LinkName);
        }

        Number(header.Slice(100, 8), entry.Mode);
        Number(header.Slice(108, 8), Math.Min(entry.Uid, LargestId));
        Number(header.Slice(116, 8), Math.Min(entry.Gid, LargestId));
        Number(header.Slice(124, 12), Math.Min(entry.PayloadSize, LargestSize));
        Number(header.Slice(136, 12), Math.Clamp(entry.ModifiedSeconds, 0, LargestSize));
        header[156] = (byte)Flag(entry.Type);
        "ustar\000"u8.CopyTo(header[257..]);
        Number(header.Slice(329, 8), entry.DeviceMajor);
        Number(header.Slice(337, 8), entry.DeviceMinor);
        RecordWhen(pax, entry.Uid > LargestId, "uid", entry.Uid);
        RecordWhen(pax, entry.Gid > LargestId, "gid", entry.Gid);
        RecordWhen(pax, entry.PayloadSize > LargestSize, "size", entry.PayloadSize);
        if (entry.ModifiedNanoseconds != 0 || entry.ModifiedSeconds is < 0 or > LargestSize)
        {
            Record(pax, "mtime", Time(entry.ModifiedSeconds, entry.ModifiedNanoseconds));
        }

        foreach (var (name, value) in entry.Xattrs)
        {
            Record(pax, "SCHILY.xattr." + Encoding.Latin1.GetString(name), value);
        }

        if (pax.Length > 0)
        {
            WritePax(pax.ToArray());
        }

        Sum(header);
        output.Write(header);
    }

    /// <summary>A file that is at hand as a whole.</summary>
    public void File(string name, ReadOnlySpan<byte> content)
    {
        Header(new TarEntry { Name = Encoding.UTF8.GetBytes(name), Type = TarEntryType.RegularFile, Mode = 0b110_100_100, PayloadSize = content.Length });
        output.Write(content);
        Pad(content.Length);
    }

    public void Directory(string name) => Header(new TarEntry { Name = Encoding.UTF8.GetBytes(name + "/"), Type = TarEntryType.Directory, Mode = 0b111_101_101 });

    /// <summary>Fills the last block of a payload.</summary>
    public void Pad(long size) => output.Write(new byte[(TarHeader.Size - size % TarHeader.Size) % TarHeader.Size]);

    public void End() => output.Write(new byte[2 * TarHeader.Size]);

    private static char Flag(TarEntryType type) => type switch
    {
        TarEntryType.HardLink => '1',
        TarEntryType.SymbolicLink => '2',
        TarEntryType.CharacterDevice => '3',
        TarEntryType.BlockDevice => '4',
        TarEntryType.Directory => '5',
        TarEntryType.Fifo => '6',
        _ => '0',
    };

    private void WritePax(byte[] records)
    {
        Span<byte> header = stackalloc byte[TarHeader.Size];
        header.Clear();
        "pax"u8.CopyTo(header);
        Number(header.Slice(100, 8), 0b110_100_100);
        Number(header.Slice(108, 8), 0);
        Number(header.Slice(116, 8), 0);
        Number(header.Slice(124, 12), records.Length);
        Number(header.Slice(136, 12), 0);
        header[156] = (byte)'x';
        "ustar\000"u8.CopyTo(header[257..]);
        Sum(header);
        output.Write(header);
        output.Write(records);
        Pad(records.Length);
    }

    private static bool Text(Span<byte> field, byte[] text)
    {
        // Bytes beyond ASCII are pax's to carry, so that no reader takes them for some code page.
        var fits = text.Length <= field.Length && !text.AsSpan().ContainsAnyExceptInRange((byte)0x20, (byte)0x7e);
        text.AsSpan(0, Math.Min(text.Length, field.Length)).CopyTo(field);
        return fits;
    }

    private static void Number(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
        {
            field[i] = (byte)('0' + (value & 7));
        }
    }

    private static void Sum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
        {
            sum += b;
        }

        Number(header.Slice(148, 7), sum);
        header[155] = (byte)' ';
    }

    private static void RecordWhen(MemoryStream pax, bool condition, string key, long value)
    {
        if (condition)
        {
            Record(pax, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The length counts its own digits.</summary>
    private static void Record(MemoryStream pax, string key, byte[] value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + Digits(rest);
        length = rest + Digits(length);
        pax.Write(Encoding.Latin1.GetBytes($"{length} {key}="));
        pax.Write(value);
        pax.WriteByte((byte)'\n');

        static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
    }

    /// <summary>Decimal; before 1970 the fraction counts towards the past.</summary>
    private static byte[] Time(long seconds, uint nanoseconds)
    {
        var text = seconds < 0 && nanoseconds > 0
            ? $"-{-(seconds + 1)}.{1_000_000_000 - nanoseconds:d9}"
            : $"{seconds}.{nanoseconds:d9}";
        return Encoding.ASCII.GetBytes(text.TrimEnd('0').TrimEnd('.'));
    }
}
