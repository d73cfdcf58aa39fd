using System.Text;

namespace Devoxx.Images.Tests;

/// <summary>Writes tars that no ordinary tar would, for tests of what must be refused.</summary>
internal sealed class TarBuilder
{
    private readonly MemoryStream _bytes = new();

    public TarBuilder Directory(string name, uint mode = 0b111_101_101, uint uid = 0, uint gid = 0) => Entry('5', name, mode: mode, uid: uid, gid: gid);

    public TarBuilder File(string name, string content = "", uint mode = 0b110_100_100, uint uid = 0, uint gid = 0) => Entry('0', name, content: Encoding.UTF8.GetBytes(content), mode: mode, uid: uid, gid: gid);

    public TarBuilder Link(string name, string target) => Entry('1', name, target);

    public TarBuilder Symlink(string name, string target) => Entry('2', name, target);

    public TarBuilder Device(string name, int major, int minor) => Entry('3', name, major: major, minor: minor);

    /// <summary>A pax header for the entry that follows.</summary>
    public TarBuilder Pax(params (string Key, byte[] Value)[] records)
    {
        var text = new MemoryStream();
        foreach (var (key, value) in records)
        {
            var length = key.Length + value.Length + 3;
            while ((length.ToString().Length + key.Length + value.Length + 3) is var whole && whole != length)
            {
                length = whole;
            }

            text.Write(Encoding.ASCII.GetBytes($"{length} {key}="));
            text.Write(value);
            text.WriteByte((byte)'\n');
        }

        return Entry('x', "pax", content: text.ToArray());
    }

    public TarBuilder Entry(char type, string name, string link = "", byte[]? content = null, uint mode = 0b110_100_100, uint uid = 0, uint gid = 0, int major = 0, int minor = 0, long? size = null)
    {
        var header = new byte[512];
        Put(header, 0, name);
        Put(header, 100, Octal(mode, 7));
        Put(header, 108, Octal(uid, 7));
        Put(header, 116, Octal(gid, 7));
        Put(header, 124, Octal(size ?? content?.Length ?? 0, 11));
        Put(header, 136, Octal(1_600_000_000, 11));
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar\0" + "00");
        Put(header, 329, Octal(major, 7));
        Put(header, 337, Octal(minor, 7));
        Put(header, 148, "        ");
        Put(header, 148, Octal(header.Sum(b => (long)b), 6) + "\0 ");
        _bytes.Write(header);
        if (content is not null)
        {
            _bytes.Write(content);
            _bytes.Write(new byte[(512 - content.Length % 512) % 512]);
        }

        return this;
    }

    public byte[] Bytes(bool ended = true) => [.. _bytes.ToArray(), .. ended ? new byte[1024] : []];

    private static void Put(byte[] header, int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, offset);

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');
}
