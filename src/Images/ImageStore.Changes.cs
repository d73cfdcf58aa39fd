using System.Globalization;
using System.Text.Json;
using Devoxx.Images.Layers;
using Devoxx.Images.Storage;
using Devoxx.Native.Files;
using Devoxx.Oci;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Makes an image of an image and what a container has changed in it (<c>commit</c>). The changes are packed by descriptor and then unpacked as the layer of a
    /// stranger would be: what a container has written is one.
    /// </summary>
    /// <param name="baseId">The container's image.</param>
    /// <param name="upper">The upper directory of its overlay; where there is none, nothing has changed. Whoever writes to it meanwhile may see files that fit together badly.</param>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    /// <exception cref="ImageException">Something in it cannot be kept in a layer.</exception>
    /// <exception cref="IOException">It cannot be read, or the store cannot be written to; nothing of it is in the store then.</exception>
    public Task<StoredImage> CommitAsync(string baseId, string upper, CommitOptions options, ImageReference? reference, CancellationToken cancellation = default) => OnOwnThread(() =>
    {
        using var workspace = Workspace.Create(_layout);
        var (below, _) = Claim(workspace, baseId);
        var configuration = ParseConfiguration(_blobs.Read(Digest.Parse(below.Id)));
        var layer = Changes(workspace, upper, cancellation);
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var diffIds = configuration.Rootfs?.DiffIds ?? [];
        var complete = configuration with
        {
            Created = now,
            Author = options.Author ?? configuration.Author,
            Config = options.Config,
            Rootfs = new RootFs { DiffIds = [.. diffIds, layer.DiffId.ToString()] },
            History =
            [
                .. configuration.History ?? [],
                new History { Created = now, CreatedBy = options.CreatedBy, Author = options.Author, Comment = options.Message },
            ],
        };
        return Commit(
            workspace, JsonSerializer.SerializeToUtf8Bytes(complete, OciJson.Default.ImageConfiguration), [.. diffIds.Select(_ => (StagedLayer?)null), layer],
            reference is null ? [] : [reference with { Tag = reference.Tag ?? ImageReference.DefaultTag }], [], null, null);
    });

    private StagedLayer Changes(Workspace workspace, string upper, CancellationToken cancellation)
    {
        var path = workspace.NewPath();
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 128 << 10))
        using (var bounded = new BoundedStream(file, _bounds.Bytes, cancellation))
        {
            var packer = new LayerPacker(bounded);
            if (System.IO.Directory.Exists(upper))
            {
                packer.Pack(upper, cancellation);
            }
            else
            {
                packer.PackNothing();
            }
        }

        using var packed = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        return new LayerReader(workspace, _bounds).Unpack(packed, null, null, null, cancellation);
    }

    /// <summary>A container can make files without end out of nothing: they have holes, and an archive has none.</summary>
    private sealed class BoundedStream(Stream output, long most, CancellationToken cancellation) : WriteOnlyStream
    {
        private long _written;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            cancellation.ThrowIfCancellationRequested();
            if ((_written += buffer.Length) > most)
            {
                throw new ImageException($"what the container has written is more than {most} bytes, the most that a layer may have");
            }

            output.Write(buffer);
        }

        public override void Flush() => output.Flush();
    }
}
