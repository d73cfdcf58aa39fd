using System.Buffers.Binary;
using System.Text;

namespace Devoxx.Native.Systemd;

/// <summary>Reads marshalled values in order; what the bytes do not have throws.</summary>
public sealed class DBusReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public bool IsAtEnd => _at >= bytes.Length;

    public uint ReadUInt32()
    {
        Align(4);
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
    }

    /// <summary>Of a string or an object path.</summary>
    public string ReadText() => Terminated(ReadUInt32());

    public string ReadSignature() => Terminated(ReadByte());

    public byte ReadByte() => Take(1)[0];

    /// <summary>A variant that holds a string.</summary>
    public string ReadVariantText() => ReadSignature() is "s" or "o" ? ReadText() : throw Malformed();

    public void Align(int size) => _at = (_at + size - 1) / size * size;

    private string Terminated(uint length)
    {
        var text = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return text;
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (_at > bytes.Length || count > bytes.Length - _at)
        {
            throw Malformed();
        }

        _at += (int)count;
        return bytes.Span.Slice(_at - (int)count, (int)count);
    }

    private static SystemdException Malformed() => new("it sent a message that cannot be understood");
}
