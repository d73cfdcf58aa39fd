using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;

namespace Devoxx.Images.Storage;

/// <summary>Manifests and configurations: small documents by digest.</summary>
internal sealed class BlobStore(StoreLayout layout)
{
    /// <summary>A manifest is at most 4 MiB, as registries have it (distribution-spec, "Pushing manifests"); Docker's limit for configurations is the same.</summary>
    public const int LargestDocument = 4 << 20;

    public Digest Add(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Sha256Of(content);
        var path = layout.Blob(digest);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, content, durable: false);
            Failpoint.Reach("image.document-written");
        }

        return digest;
    }

    /// <exception cref="ImageException">It is not there, or not what it was.</exception>
    public byte[] Read(Digest digest)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(layout.Blob(digest));
        }
        catch (FileNotFoundException)
        {
            throw new ImageException($"the image store has lost {digest}; pull or load the image again");
        }

        return Digest.Sha256Of(content) == digest ? content : throw new ImageException($"{layout.Blob(digest)} is damaged; remove the image, and pull or load it again");
    }

    public void Remove(Digest digest) => File.Delete(layout.Blob(digest));
}
