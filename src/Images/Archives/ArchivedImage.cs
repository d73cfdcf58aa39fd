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
    /// <param name="only">The one image wanted: its name, or its bare tag; null for all.</param>
    public static ImmutableArray<ArchivedImage> Of(IImageContents contents, ImagePlatform platform, string? only = null)
    {
        var images = contents.Document("manifest.json") is { } manifests ? FromDocker(contents, Parse(manifests, DockerArchiveJson.Default.DockerManifestArray, "manifest.json"), only)
            : contents.Document("index.json") is { } index ? FromOci(contents, Parse(index, OciJson.Default.ImageIndex, "index.json"), null, platform, only, 0)
            : throw new ImageException("this is no image archive: it has neither manifest.json (docker save) nor index.json (OCI layout). A root filesystem is taken in by `image import`");
        return images.IsEmpty ? throw new ImageException(only is null ? "the archive has no image" : $"the archive has no image {only}") : images;
    }

    private static ImmutableArray<ArchivedImage> FromDocker(IImageContents contents, DockerManifest[] manifests, string? only) =>
    [
        .. manifests.Where(manifest => only is null || (manifest.RepoTags ?? []).Any(name => IsSame(name, only))).Select(manifest => new ArchivedImage(
            contents.Document(manifest.Config ?? "") ?? throw Missing(manifest.Config),
            [.. (manifest.Layers ?? []).Select(layer => contents.Layer(layer) ?? throw Missing(layer))],
            [.. (manifest.RepoTags ?? []).Select(ImageReference.Parse)],
            null)),
    ];

    private static ImmutableArray<ArchivedImage> FromOci(IImageContents contents, ImageIndex index, ImageReference? name, ImagePlatform platform, string? only, int depth)
    {
        if (depth > DeepestIndex)
        {
            throw new ImageException("the archive's indexes are nested too deeply");
        }

        Manifests.Check(index);
        var images = ImmutableArray.CreateBuilder<ArchivedImage>();
        foreach (var descriptor in depth == 0 ? index.Manifests ?? [] : [Manifests.Choose(index, platform)])
        {
            if (depth == 0 && only is not null && !Names(descriptor.Annotations).Any(text => IsSame(text, only)))
            {
                continue;
            }

            var content = Blob(contents, descriptor.Digest) ?? throw Missing(descriptor.Digest);
            var reference = name ?? Name(descriptor.Annotations);
            if (Manifests.IsIndex(descriptor.MediaType))
            {
                images.AddRange(FromOci(contents, Parse(content, OciJson.Default.ImageIndex, descriptor.Digest), reference, platform, only, depth + 1));
            }
            else if (Manifests.IsManifest(descriptor.MediaType))
            {
                var manifest = Parse(content, OciJson.Default.ImageManifest, descriptor.Digest);
                Manifests.Check(manifest);
                images.Add(new ArchivedImage(
                    Blob(contents, manifest.Config!.Digest) ?? throw Missing(manifest.Config.Digest),
                    [.. (manifest.Layers ?? []).Select(layer => contents.Layer(BlobPath(layer.Digest)) ?? throw Missing(layer.Digest))],
                    reference is null ? [] : [reference],
                    content));
            }
        }

        return images.ToImmutable();
    }

    /// <summary>A bare tag names no image: an archive of `skopeo copy … oci-archive:file:tag` stays unnamed.</summary>
    private static ImageReference? Name(IReadOnlyDictionary<string, string>? annotations) =>
        Names(annotations).FirstOrDefault() is { } text && text.AsSpan().ContainsAny(':', '/') && ImageReference.TryParse(text, out var reference) ? reference : null;

    private static IEnumerable<string> Names(IReadOnlyDictionary<string, string>? annotations) =>
        new[] { annotations?.GetValueOrDefault(FullNameAnnotation), annotations?.GetValueOrDefault(NameAnnotation) }.OfType<string>();

    private static bool IsSame(string name, string wanted) =>
        name == wanted || (ImageReference.TryParse(name, out var one) && ImageReference.TryParse(wanted, out var other) && one == other);

    /// <summary>A document by digest, as OCI layouts have it, verified; null when there is none.</summary>
    private static byte[]? Blob(IImageContents contents, string digest)
    {
        var content = contents.Document(BlobPath(digest));
        return content is null || Digest.Parse(digest).Matches(content) ? content : throw new DigestMismatchException($"the archive's document {digest} is something else");
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
