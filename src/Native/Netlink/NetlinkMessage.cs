using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Netlink;

/// <summary>One request as netlink(7) lays it out: header, the family's own structure, attributes. Everything is aligned to four bytes.</summary>
public sealed class NetlinkMessage
{
    public const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_DUMP = 0x300, NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400, NLM_F_REPLACE = 0x100;

    internal const int HeaderSize = 16;

    private const ushort NLA_F_NESTED = 0x8000;

    private byte[] _bytes = new byte[256];
    private int _length = HeaderSize;

    /// <param name="type">e.g. RTM_NEWLINK.</param>
    /// <param name="flags">NLM_F_REQUEST goes without saying.</param>
    public NetlinkMessage(ushort type, ushort flags)
    {
        Type = type;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(6), (ushort)(flags | NLM_F_REQUEST));
    }

    public ushort Type { get; }

    /// <summary>The family's own structure, such as struct ifinfomsg; or the one of a nested message.</summary>
    public NetlinkMessage Structure<T>(T value) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        MemoryMarshal.Write(Reserve(size), in value);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var span = Reserve(4 + value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], type);
        value.CopyTo(span[4..]);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    public NetlinkMessage Attribute(ushort type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    public NetlinkMessage Attribute(ushort type, byte value) => Attribute(type, [value]);

    /// <summary>With the zero at its end that the kernel wants.</summary>
    public NetlinkMessage Attribute(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + "\0"));

    /// <summary>In network order, 4 or 16 bytes.</summary>
    public NetlinkMessage Attribute(ushort type, IPAddress value) => Attribute(type, value.GetAddressBytes());

    /// <summary>An attribute that holds what <paramref name="content"/> appends.</summary>
    public NetlinkMessage Nest(ushort type, Action<NetlinkMessage> content)
    {
        var start = _length;
        Attribute((ushort)(type | NLA_F_NESTED), []);
        content(this);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    /// <summary>An attribute that holds attributes, as the kernel has given it.</summary>
    public NetlinkMessage Nested(ushort type, ReadOnlySpan<byte> content) => Attribute((ushort)(type | NLA_F_NESTED), content);

    /// <summary>The message as it goes to the kernel.</summary>
    internal ReadOnlySpan<byte> Finish(uint sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes, (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }

    private Span<byte> Reserve(int size)
    {
        var aligned = (size + 3) & ~3;
        if (_length + aligned > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + aligned));
        }

        var span = _bytes.AsSpan(_length, size);
        _length += aligned;
        return span;
    }
}
