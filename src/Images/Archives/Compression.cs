using System.IO.Compression;

namespace Devoxx.Images.Archives;

/// <summary>How an archive is compressed, by what it begins with: media types and file names are often wrong.</summary>
internal enum Compression
{
    None,
    Gzip,
    Zstd,
}

internal static class Decompressor
{
    /// <summary>As much as tells a tar header from anything else.</summary>
    public const int PeekLength = TarHeader.Size;

    /// <exception cref="ImageException">A compression that images do not have.</exception>
    public static Compression Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return Compression.Gzip;
        }

        // A frame, or a skippable one, with which estargz and zstd:chunked begin (RFC 8878, 3.1.2).
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) || (start.Length > 3 && (start[0] & 0xf0) == 0x50 && start[1..4].SequenceEqual((ReadOnlySpan<byte>)[0x2a, 0x4d, 0x18])))
        {
            return Compression.Zstd;
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a]) || start.StartsWith("BZh"u8))
        {
            throw new ImageException("archives compressed with xz or bzip2 are not read; decompress it first (xz -d, bzip2 -d)");
        }

        return Compression.None;
    }

    /// <summary>Is this a tar, compressed or not?</summary>
    public static bool IsArchive(ReadOnlySpan<byte> start) =>
        Detect(start) != Compression.None || TarHeader.IsValid(start) || (start.Length == TarHeader.Size && TarHeader.IsZero(start));

    /// <summary>Reads up to <see cref="PeekLength"/> bytes, fewer only at the end.</summary>
    public static byte[] Peek(Stream stream)
    {
        var start = new byte[PeekLength];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    public static Stream Open(Stream compressed)
    {
        var start = Peek(compressed);
        var whole = new PrefixedStream(start, compressed);
        return Detect(start) switch
        {
            Compression.Gzip => new GZipStream(new BufferedStream(whole, 128 << 10), CompressionMode.Decompress),
            Compression.Zstd => new ZstdSharp.DecompressionStream(whole, bufferSize: 128 << 10),
            _ => whole,
        };
    }
}
