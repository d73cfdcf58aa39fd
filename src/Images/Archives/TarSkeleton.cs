using System.Buffers.Binary;
using System.IO.Compression;

namespace Devoxx.Images.Archives;

/// <summary>
/// All bytes of a layer's tar but the contents of its files, which the unpacked layer has: together they give the very same tar again, bit by bit, so
/// that an image saved or pushed keeps its digests without its archives being kept beside their contents. (The idea is tar-split's, which Docker uses.)
/// A gzip stream of records: <c>R</c>, length, bytes; <c>F</c>, length of path, path, count of extents, extents of that file. Numbers are 64-bit little-endian.
/// </summary>
public static class TarSkeleton
{
    internal const byte RawRecord = (byte)'R';
    internal const byte FileRecord = (byte)'F';

    internal static ReadOnlySpan<byte> Magic => "devoxx tar skeleton 1\n"u8;

    /// <summary>Writes the tar again.</summary>
    /// <param name="openFile">Opens a file of the layer by its cleaned path.</param>
    /// <exception cref="ImageException">The skeleton or the layer is damaged.</exception>
    public static void Assemble(Stream skeleton, Func<byte[], Stream> openFile, Stream output)
    {
        using var records = new BufferedStream(new GZipStream(skeleton, CompressionMode.Decompress, leaveOpen: true), 64 << 10);
        Span<byte> magic = stackalloc byte[Magic.Length];
        records.ReadExactly(magic);
        if (!magic.SequenceEqual(Magic))
        {
            throw new ImageException("a layer's tar skeleton is damaged");
        }

        var buffer = new byte[128 << 10];
        while (records.ReadByte() is var kind and >= 0)
        {
            if (kind == RawRecord)
            {
                Copy(records, output, Number(records), buffer);
                continue;
            }

            var path = new byte[Number(records)];
            records.ReadExactly(path);
            using var file = openFile(path);
            for (var extents = Number(records); extents > 0; extents--)
            {
                var offset = Number(records);
                var length = Number(records);
                if (file.Position != offset)
                {
                    file.Position = offset;
                }

                Copy(file, output, length, buffer);
            }
        }
    }

    private static long Number(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[8];
        stream.ReadExactly(bytes);
        var number = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return number >= 0 ? number : throw new ImageException("a layer's tar skeleton is damaged");
    }

    private static void Copy(Stream from, Stream to, long length, byte[] buffer)
    {
        while (length > 0)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(length, buffer.Length));
            if (read == 0)
            {
                throw new ImageException("a file of a layer has become shorter than the layer's archive says");
            }

            to.Write(buffer, 0, read);
            length -= read;
        }
    }
}

/// <summary>Writes a <see cref="TarSkeleton"/> while its archive is read.</summary>
public sealed class TarSkeletonWriter : IDisposable
{
    private readonly BufferedStream _output;
    private readonly byte[] _raw = new byte[64 << 10];
    private int _used;

    public TarSkeletonWriter(Stream output)
    {
        _output = new BufferedStream(new GZipStream(output, CompressionLevel.Fastest), 64 << 10);
        _output.Write(TarSkeleton.Magic);
    }

    /// <summary>Bytes that only the skeleton keeps.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _raw.Length)
            {
                Flush();
            }

            var part = bytes[..Math.Min(bytes.Length, _raw.Length - _used)];
            part.CopyTo(_raw.AsSpan(_used));
            _used += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Here follows the content of a file; with <paramref name="extents"/>, only these parts of it.</summary>
    public void File(ReadOnlySpan<byte> path, long size, List<DataExtent>? extents)
    {
        Flush();
        _output.WriteByte(TarSkeleton.FileRecord);
        Number(path.Length);
        _output.Write(path);
        Number(extents?.Count ?? 1);
        foreach (var (offset, length) in extents ?? [new DataExtent(0, size)])
        {
            Number(offset);
            Number(length);
        }
    }

    public void Flush()
    {
        if (_used > 0)
        {
            _output.WriteByte(TarSkeleton.RawRecord);
            Number(_used);
            _output.Write(_raw, 0, _used);
            _used = 0;
        }
    }

    public void Dispose()
    {
        Flush();
        _output.Dispose();
    }

    private void Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _output.Write(bytes);
    }
}
