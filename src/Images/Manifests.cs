using Devoxx.Oci;

namespace Devoxx.Images;

/// <summary>Media types of manifests and indexes, OCI's and Docker's, and what makes one acceptable.</summary>
internal static class Manifests
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    public const string OciConfiguration = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciGzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";

    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>A descriptor of Docker's schema 2 as OCI has it: the content is the same.</summary>
    public static Descriptor InOci(Descriptor descriptor) => descriptor.MediaType switch
    {
        "application/vnd.docker.image.rootfs.diff.tar.gzip" => descriptor with { MediaType = OciGzipLayer },
        "application/vnd.docker.image.rootfs.diff.tar" => descriptor with { MediaType = OciLayer },
        _ => descriptor,
    };

    /// <exception cref="ImageException">It is a manifest as well (CVE-2021-41190): two readers would see two images under one digest.</exception>
    public static void Check(ImageIndex index)
    {
        if (index.Layers is not null || index.Config is not null || (index.MediaType is not null && !IsIndex(index.MediaType)))
        {
            throw new ImageException("the image index is a manifest as well, and is refused: its digest could stand for two different images");
        }
    }

    /// <exception cref="ImageException">It is an index as well (CVE-2021-41190), or no image.</exception>
    public static void Check(ImageManifest manifest)
    {
        if (manifest.Manifests is not null || (manifest.MediaType is not null && !IsManifest(manifest.MediaType)))
        {
            throw new ImageException("the image manifest is an index as well, and is refused: its digest could stand for two different images");
        }

        if (manifest.SchemaVersion != 2)
        {
            throw new ImageException($"the image manifest is of schema version {manifest.SchemaVersion}; only version 2 is read (version 1 has been out of use since 2017)");
        }

        if (manifest.Config is null)
        {
            throw new ImageException("the image manifest has no configuration");
        }
    }

    /// <summary>The manifest for a platform: the nearest that runs there.</summary>
    /// <exception cref="ImageException">None does; the message lists what there is.</exception>
    public static Descriptor Choose(ImageIndex index, ImagePlatform platform)
    {
        var candidates = (index.Manifests ?? []).Where(entry => IsManifest(entry.MediaType) || IsIndex(entry.MediaType)).ToList();
        var best = candidates
            .Select(entry => (Entry: entry, Distance: entry.Platform is { } offered ? platform.Distance(ImagePlatform.Normalise(offered.Os, offered.Architecture, offered.Variant)) : null))
            .Where(candidate => candidate.Distance is not null)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Entry)
            .FirstOrDefault();
        if (best is not null)
        {
            return best;
        }

        // An index of one entry without a platform is what some tools make of a single image.
        if (candidates is [{ Platform: null } only])
        {
            return only;
        }

        // BuildKit's attestations are for "unknown/unknown".
        var offers = candidates.Where(entry => entry.Platform is { Os: not "unknown" }).Select(entry => ImagePlatform.Normalise(entry.Platform!.Os, entry.Platform.Architecture, entry.Platform.Variant));
        var list = string.Join(", ", offers.Distinct());
        throw new ImageException($"the image is not made for {platform}; there is {(list.Length > 0 ? list : "no platform at all")}");
    }
}
