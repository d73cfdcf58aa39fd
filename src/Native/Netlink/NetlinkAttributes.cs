using System.Buffers.Binary;
using System.Text;

namespace Devoxx.Native.Netlink;

/// <summary>Walks the attributes of a message that came from the kernel: length and type, value, padding to four bytes.</summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int NLA_TYPE_MASK = 0x3fff;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Of the attribute it stands on, without the nested and byte-order flags.</summary>
    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly uint UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(Value);

    /// <summary>Up to the zero at its end.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Value.IndexOf((byte)0) is var end and >= 0 ? Value[..end] : Value);

    /// <summary>False at the end; what is malformed ends it too.</summary>
    public bool Next()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & NLA_TYPE_MASK;
        Value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
