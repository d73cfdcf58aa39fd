using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Images.Layers;
using Devoxx.Oci;

namespace Devoxx.Images.Archives;

/// <summary>One image of an archive.</summary>
/// <param name="Configuration">Its bytes, of which the image's id is the digest.</param>
/// <param name="Layers">Base first.</param>
/// <param name="Manifest">The manifest's bytes, where the archive has one.</param>
internal sealed record ArchivedImage(byte[] Configuration, ImmutableArray<StagedLayer> Layers, ImmutableArray<ImageReference> References, byte[]? Manifest)
{
    /// <summary>What the same names stand for on other platforms.</summary>
    public ImmutableArray<ArchivedImage> Others { get; init; } = [];
}

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
        var images = contents.Document("manifest.json") is { } manifests
                ? WithOthers(contents, FromDocker(contents, Parse(manifests, DockerArchiveJson.Default.DockerManifestArray, "manifest.json"), only), platform)
            : contents.Document("index.json") is { } index ? FromOci(contents, Parse(index, OciJson.Default.ImageIndex, "index.json"), platform, only)
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

    /// <summary>manifest.json knows one platform; an index.json beside it may know more of the same image.</summary>
    private static ImmutableArray<ArchivedImage> WithOthers(IImageContents contents, ImmutableArray<ArchivedImage> images, ImagePlatform platform)
    {
        if (contents.Document("index.json") is not { } json)
        {
            return images;
        }

        var nested = (Parse(json, OciJson.Default.ImageIndex, "index.json").Manifests ?? []).Where(descriptor => Manifests.IsIndex(descriptor.MediaType)).ToList();
        return [.. images.Select(image => nested.Find(descriptor => Name(descriptor.Annotations) is { } name && image.References.Contains(name)) is not { } index ? image
            : image with { Others = [.. FromIndex(contents, index, image.References, platform).Where(other => !other.Configuration.AsSpan().SequenceEqual(image.Configuration))] })];
    }

    private static ImmutableArray<ArchivedImage> FromOci(IImageContents contents, ImageIndex index, ImagePlatform platform, string? only)
    {
        Manifests.Check(index);
        var images = ImmutableArray.CreateBuilder<ArchivedImage>();
        foreach (var descriptor in (index.Manifests ?? []).Where(descriptor => only is null || Names(descriptor.Annotations).Any(text => IsSame(text, only))))
        {
            ImmutableArray<ImageReference> names = Name(descriptor.Annotations) is { } name ? [name] : [];
            if (Manifests.IsManifest(descriptor.MediaType))
            {
                images.Add(FromManifest(contents, descriptor, names));
            }
            else if (Manifests.IsIndex(descriptor.MediaType))
            {
                // Without a name there is nothing that could stand for all of them.
                var (first, others) = FromIndex(contents, descriptor, names, platform) is [var one, .. var rest] ? (one, rest) : throw Missing(descriptor.Digest);
                images.Add(first with { Others = names.IsEmpty ? [] : others });
            }
        }

        return images.ToImmutable();
    }

    /// <summary>What an index leads to and the archive has: the best for the platform first, then one of every other. Archives often have one platform of a larger index.</summary>
    private static ImmutableArray<ArchivedImage> FromIndex(IImageContents contents, Descriptor descriptor, ImmutableArray<ImageReference> names, ImagePlatform platform)
    {
        var entries = new List<Descriptor>();
        Collect(descriptor, 1);
        var index = new ImageIndex { Manifests = entries };
        var best = Manifests.Choose(index, platform);
        var others = entries.Where(entry => entry != best && entry.Platform is { Os: not "unknown" } && contents.Document(BlobPath(entry.Digest)) is not null)
            .DistinctBy(entry => ImagePlatform.Normalise(entry.Platform!.Os, entry.Platform.Architecture, entry.Platform.Variant)).ToList();
        return [FromManifest(contents, best, names), .. others.Where(entry => IsComplete(contents, entry)).Select(entry => FromManifest(contents, entry, []))];

        void Collect(Descriptor of, int depth)
        {
            if (depth > DeepestIndex)
            {
                throw new ImageException("the archive's indexes are nested too deeply");
            }

            var inner = Parse(Blob(contents, of) ?? throw Missing(of.Digest), OciJson.Default.ImageIndex, of.Digest);
            Manifests.Check(inner);
            foreach (var entry in inner.Manifests ?? [])
            {
                if (Manifests.IsManifest(entry.MediaType))
                {
                    entries.Add(entry);
                }
                else if (Manifests.IsIndex(entry.MediaType))
                {
                    Collect(entry, depth + 1);
                }
            }
        }
    }

    private static bool IsComplete(IImageContents contents, Descriptor descriptor) =>
        Parse(Blob(contents, descriptor)!, OciJson.Default.ImageManifest, descriptor.Digest) is { Config: { } config } manifest
        && contents.Document(BlobPath(config.Digest)) is not null && (manifest.Layers ?? []).All(layer => contents.Has(BlobPath(layer.Digest)));

    private static ArchivedImage FromManifest(IImageContents contents, Descriptor descriptor, ImmutableArray<ImageReference> names)
    {
        var content = Blob(contents, descriptor) ?? throw Missing(descriptor.Digest);
        var manifest = Parse(content, OciJson.Default.ImageManifest, descriptor.Digest);
        Manifests.Check(manifest);
        ImageArtifacts.Refuse(manifest, names.FirstOrDefault()?.Familiar ?? descriptor.Digest);
        return new ArchivedImage(
            Blob(contents, manifest.Config!) ?? throw Missing(manifest.Config!.Digest),
            [.. (manifest.Layers ?? []).Select(layer => Layer(contents, layer) ?? throw Missing(layer.Digest))],
            names,
            content);
    }

    /// <summary>A bare tag names no image: an archive of `skopeo copy … oci-archive:file:tag` stays unnamed.</summary>
    private static ImageReference? Name(IReadOnlyDictionary<string, string>? annotations) =>
        Names(annotations).FirstOrDefault() is { } text && text.AsSpan().ContainsAny(':', '/') && ImageReference.TryParse(text, out var reference) ? reference : null;

    private static IEnumerable<string> Names(IReadOnlyDictionary<string, string>? annotations) =>
        new[] { annotations?.GetValueOrDefault(FullNameAnnotation), annotations?.GetValueOrDefault(NameAnnotation) }.OfType<string>();

    private static bool IsSame(string name, string wanted) =>
        name == wanted || (ImageReference.TryParse(name, out var one) && ImageReference.TryParse(wanted, out var other) && one == other);

    /// <summary>A document by digest, as OCI layouts have it, verified; null when there is none.</summary>
    private static byte[]? Blob(IImageContents contents, Descriptor descriptor)
    {
        var content = contents.Document(BlobPath(descriptor.Digest));
        return content is null || (Digest.Parse(descriptor.Digest).Matches(content) && content.Length == descriptor.Size) ? content
            : throw new DigestMismatchException($"the archive's document {descriptor.Digest} is something else, or has not the {descriptor.Size} bytes that it should");
    }

    /// <summary>A layer by digest, verified when it was read; null when there is none.</summary>
    private static StagedLayer? Layer(IImageContents contents, Descriptor descriptor)
    {
        var layer = contents.Layer(BlobPath(descriptor.Digest));
        return layer is null || layer.BlobSize == descriptor.Size ? layer
            : throw new DigestMismatchException($"the archive's layer {descriptor.Digest} has {layer.BlobSize} bytes, not the {descriptor.Size} that its manifest says");
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
