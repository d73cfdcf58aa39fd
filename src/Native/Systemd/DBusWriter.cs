using System.Buffers.Binary;
using System.Text;

namespace Devoxx.Native.Systemd;

/// <summary>Writes values as D-Bus marshals them, little endian, from an offset that is a multiple of eight (D-Bus specification, "Marshaling").</summary>
internal sealed class DBusWriter
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    /// <summary>What a value that begins with this type code is aligned to.</summary>
    public static int Alignment(char type) => type switch
    {
        'y' or 'g' or 'v' => 1,
        'n' or 'q' => 2,
        'x' or 't' or 'd' or '(' or '{' => 8,
        _ => 4,
    };

    public void Align(int size)
    {
        while (_bytes.Count % size != 0)
        {
            _bytes.Add(0);
        }
    }

    /// <summary>The low bytes of a number, aligned to its own size.</summary>
    public void Number(long value, int size)
    {
        Align(size);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Raw(bytes[..size]);
    }

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Number(bytes.Length, 4);
        Raw(bytes);
        _bytes.Add(0);
    }

    public void Signature(string value)
    {
        _bytes.Add((byte)value.Length);
        Raw(Encoding.ASCII.GetBytes(value));
        _bytes.Add(0);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>The length counts the elements, not the bytes between it and the first of them.</summary>
    public void Array(int alignment, Action elements)
    {
        Number(0, 4);
        var at = _bytes.Count;
        Align(alignment);
        var start = _bytes.Count;
        elements();
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, _bytes.Count - start);
        for (var i = 0; i < length.Length; i++)
        {
            _bytes[at - length.Length + i] = length[i];
        }
    }
}
