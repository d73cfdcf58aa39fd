using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace Devoxx.Native.Mounts;

/// <summary>The mounts of a namespace: /proc/pid/mountinfo.</summary>
public static class MountTable
{
    /// <summary>The calling process's table. Read in one go: a table that changes between two reads can lose lines.</summary>
    public static ImmutableArray<MountEntry> Read() => Read("/proc/self/mountinfo");

    /// <summary>Another process's table, <c>/proc/123/mountinfo</c>.</summary>
    /// <exception cref="LinuxException">ENOENT or EINVAL when the process is gone.</exception>
    public static ImmutableArray<MountEntry> Read(string file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var length = Procfs.ProcFile.Read(file, ref buffer);
            return Parse(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="FormatException">A line is not as proc_pid_mountinfo(5) says.</exception>
    public static ImmutableArray<MountEntry> Parse(ReadOnlySpan<byte> text)
    {
        var entries = ImmutableArray.CreateBuilder<MountEntry>();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!line.IsEmpty)
            {
                entries.Add(TryParseLine(line) ?? throw new FormatException($"not a line of mountinfo: {Encoding.UTF8.GetString(line)}"));
            }
        }

        return entries.DrainToImmutable();
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    // (1)(2)(3)   (4)   (5)      (6)      (7)   (8) (9)   (10)         (11)
    // Field 7 is any number of words; the file system type and source may be empty or hold escapes.
    private static MountEntry? TryParseLine(ReadOnlySpan<byte> line)
    {
        var rest = line;
        if (!TryNumber(Word(ref rest), out var id) || !TryNumber(Word(ref rest), out var parent))
        {
            return null;
        }

        var device = Word(ref rest);
        var colon = device.IndexOf((byte)':');
        if (colon < 0 || !TryNumber(device[..colon], out var major) || !TryNumber(device[(colon + 1)..], out var minor))
        {
            return null;
        }

        var root = Word(ref rest);
        var mountPoint = Word(ref rest);
        var options = Word(ref rest);
        var optional = rest;
        var length = 0;
        while (true)
        {
            if (rest.IsEmpty)
            {
                return null;
            }

            var word = Word(ref rest);
            if (word.SequenceEqual("-"u8))
            {
                break;
            }

            length = optional.Length - rest.Length;
        }

        return new MountEntry(
            id, parent, major, minor, Text(root), Text(mountPoint), Text(options), Text(optional[..length].TrimEnd((byte)' ')),
            Text(Word(ref rest)), Text(Word(ref rest)), Text(rest));
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    /// <summary>Undoes the kernel's escapes: <c>\040</c> space, <c>\011</c> tab, <c>\012</c> newline, <c>\134</c> backslash, <c>\043</c> #.</summary>
    private static string Text(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(escaped);
        }

        var plain = new byte[escaped.Length];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\' && i + 3 < escaped.Length && IsOctal(escaped[i + 1]) && IsOctal(escaped[i + 2]) && IsOctal(escaped[i + 3]))
            {
                plain[length++] = (byte)(((escaped[i + 1] - '0') << 6) | ((escaped[i + 2] - '0') << 3) | (escaped[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain[length++] = escaped[i];
            }
        }

        return Encoding.UTF8.GetString(plain, 0, length);
    }

    private static bool IsOctal(byte c) => c is >= (byte)'0' and <= (byte)'7';
}
