using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Images.Layers;
using Devoxx.Oci;

namespace Devoxx.Images.Archives;

/// <summary>One image of an archive.</summary>
/// <param name="Configuration">Its bytes, of which the image's id is the digest.</param>
/// <param name="Layers">Base first.</param>
/// <param name="Manifest">The manifest's bytes, where the archive has one.</param>
internal sealed record ArchivedImage(byte[] Configuration, ImmutableArray<StagedLayer> Layers, ImmutableArray<ImageReference> References, byte[]? Manifest);

/// <summary>Finds the images of an archive, in either format. New `docker save` writes both at once; then manifest.json has the names.</summary>
internal static class ArchivedImages
{
    private const string NameAnnotation = "org.opencontainers.image.ref.name";
    private const string FullNameAnnotation = "io.containerd.image.name";
    private const int DeepestIndex = 4;

    /// <exception cref="ImageException">No image archive, or one that lacks something.</exception>
    public static ImmutableArray<ArchivedImage> Of(ArchiveContents contents, ImagePlatform platform)
    {
        var images = contents.Document("manifest.json") is { } manifests ? FromDocker(contents, Parse(manifests, DockerArchiveJson.Default.DockerManifestArray, "manifest.json"))
            : contents.Document("index.json") is { } index ? FromOci(contents, Parse(index, OciJson.Default.ImageIndex, "index.json"), null, platform, 0)
            : throw new ImageException("this is no image archive: it has neither manifest.json (docker save) nor index.json (OCI layout). A root filesystem is taken in by `image import`");
        return images.IsEmpty ? throw new ImageException("the archive has no image") : images;
    }

    private static ImmutableArray<ArchivedImage> FromDocker(ArchiveContents contents, DockerManifest[] manifests) =>
    [
        .. manifests.Select(manifest => new ArchivedImage(
            contents.Document(manifest.Config ?? "") ?? throw Missing(manifest.Config),
            [.. (manifest.Layers ?? []).Select(layer => contents.Layer(layer) ?? throw Missing(layer))],
            [.. (manifest.RepoTags ?? []).Select(ImageReference.Parse)],
            null)),
    ];

    private static ImmutableArray<ArchivedImage> FromOci(ArchiveContents contents, ImageIndex index, ImageReference? name, ImagePlatform platform, int depth)
    {
        if (depth > DeepestIndex)
        {
            throw new ImageException("the archive's indexes are nested too deeply");
        }

        Manifests.Check(index);
        var images = ImmutableArray.CreateBuilder<ArchivedImage>();
        foreach (var descriptor in depth == 0 ? index.Manifests ?? [] : [Manifests.Choose(index, platform)])
        {
            var content = contents.Blob(descriptor.Digest) ?? throw Missing(descriptor.Digest);
            var reference = name ?? Name(descriptor.Annotations);
            if (Manifests.IsIndex(descriptor.MediaType))
            {
                images.AddRange(FromOci(contents, Parse(content, OciJson.Default.ImageIndex, descriptor.Digest), reference, platform, depth + 1));
            }
            else if (Manifests.IsManifest(descriptor.MediaType))
            {
                var manifest = Parse(content, OciJson.Default.ImageManifest, descriptor.Digest);
                Manifests.Check(manifest);
                images.Add(new ArchivedImage(
                    contents.Blob(manifest.Config!.Digest) ?? throw Missing(manifest.Config.Digest),
                    [.. (manifest.Layers ?? []).Select(layer => contents.Layer(BlobPath(layer.Digest)) ?? throw Missing(layer.Digest))],
                    reference is null ? [] : [reference],
                    content));
            }
        }

        return images.ToImmutable();
    }

    /// <summary>A bare tag names no image: an archive of `skopeo copy … oci-archive:file:tag` stays unnamed.</summary>
    private static ImageReference? Name(IReadOnlyDictionary<string, string>? annotations)
    {
        if (annotations is null)
        {
            return null;
        }

        var text = annotations.GetValueOrDefault(FullNameAnnotation) ?? annotations.GetValueOrDefault(NameAnnotation);
        return text is not null && text.AsSpan().ContainsAny(':', '/') && ImageReference.TryParse(text, out var reference) ? reference : null;
    }

    private static string BlobPath(string digest) => Digest.Parse(digest) is var parsed ? $"blobs/{parsed.Algorithm}/{parsed.Hex}" : "";

    private static T Parse<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ImageException($"the archive's {what} is empty");
        }
        catch (JsonException exception)
        {
            throw new ImageException($"the archive's {what} is damaged at {exception.Path}", exception);
        }
    }

    private static ImageException Missing(string? what) => new($"the archive lacks {what ?? "a configuration"}, which it refers to");
}
