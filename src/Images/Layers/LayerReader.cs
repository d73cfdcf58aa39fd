using Devoxx.Images.Archives;
using Devoxx.Images.Storage;

namespace Devoxx.Images.Layers;

/// <summary>
/// A layer's way from its bytes to its directory in one pass: counted, hashed, decompressed, hashed again, unpacked. Nothing of it is kept in memory or
/// written twice.
/// </summary>
internal sealed class LayerReader(Workspace workspace, LayerBounds bounds)
{
    /// <summary>Reads to the end and unpacks into a new directory of the workspace.</summary>
    /// <param name="blob">What the bytes must be; null when it is not known beforehand.</param>
    /// <param name="size">How many there must be; null likewise.</param>
    /// <exception cref="ImageException">Damaged, not what it should be, malicious, or over the bounds.</exception>
    public StagedLayer Unpack(Stream source, Digest? blob, long? size, Action<long>? counted, CancellationToken cancellation)
    {
        var directory = workspace.NewPath();
        Directory.CreateDirectory(directory, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var skeletonPath = workspace.NewPath();
        using var skeleton = new TarSkeletonWriter(new FileStream(skeletonPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1));
        return Read(source, blob, size, counted, (stream) =>
        {
            using var unpacker = new LayerUnpacker(directory, bounds, skeleton);
            return unpacker.Unpack(new TarReader(stream, skeleton), cancellation);
        }) with { Directory = directory, Skeleton = skeletonPath };
    }

    /// <summary>Reads to the end without unpacking: for a layer that the store has.</summary>
    public StagedLayer Verify(Stream source, Digest? blob, CancellationToken cancellation) => Read(source, blob, null, null, stream =>
    {
        Drain(stream, cancellation);
        return null;
    });

    private StagedLayer Read(Stream source, Digest? blob, long? size, Action<long>? counted, Func<Stream, UnpackedLayer?> consume)
    {
        var limit = size ?? long.MaxValue;
        using var raw = new HashingStream(source, blob?.Algorithm ?? "sha256", leaveOpen: true)
        {
            Counted = count =>
            {
                if (count > limit)
                {
                    throw new ImageException($"{blob} is longer than the {limit} bytes that its manifest says");
                }

                counted?.Invoke(count);
            },
        };
        try
        {
            using var archive = new HashingStream(Decompressor.Open(raw)) { Counted = count => CheckGrowth(count, raw.Count) };
            var content = consume(archive);

            // The digests are over everything, also what follows the archive's end.
            Drain(archive, CancellationToken.None);
            Drain(raw, CancellationToken.None);
            var found = raw.Digest();
            if ((blob is not null && found != blob) || (size is not null && raw.Count != size))
            {
                throw new DigestMismatchException($"the layer that came as {blob} is {found} of {raw.Count} bytes{(size is null ? "" : $" (expected {size})")}");
            }

            return new StagedLayer(found, raw.Count, archive.Digest(), archive.Count, null, null, content);
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdSharp.ZstdException or TarFormatException)
        {
            // Wrong bytes are a better explanation than what they decompress to.
            if (blob is not null)
            {
                Drain(raw, CancellationToken.None);
                if (raw.Digest() is var found && found != blob)
                {
                    throw new DigestMismatchException($"the layer that came as {blob} is {found} of {raw.Count} bytes{(size is null ? "" : $" (expected {size})")}");
                }
            }

            if (exception is ImageException)
            {
                throw;
            }

            throw new ImageException($"the layer {blob?.ToString() ?? ""} cannot be decompressed", exception);
        }
    }

    private void CheckGrowth(long bytes, long compressed)
    {
        if (bytes > bounds.Bytes)
        {
            throw new ImageException($"the layer has more than {bounds.Bytes} bytes once decompressed");
        }

        if (bytes > bounds.RatioFree && bytes > bounds.RatioFree + bounds.Ratio * compressed)
        {
            throw new ImageException($"the layer grows to more than {bounds.Ratio} times its size when decompressed, as an archive bomb does");
        }
    }

    private static void Drain(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[128 << 10];
        while (stream.Read(buffer) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
