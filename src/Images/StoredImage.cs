using System.Collections.Immutable;
using Devoxx.Oci;

namespace Devoxx.Images;

/// <summary>An image in the store, ready to be run: its layers are unpacked.</summary>
public sealed class StoredImage
{
    private readonly Lazy<ImageConfiguration> _config;

    internal StoredImage(
        string id, ImmutableArray<ImageReference> references, ImmutableArray<ImageReference> digests, ImmutableArray<string> layerDirectories, long size, DateTimeOffset created, ImagePlatform platform, DateTimeOffset? lastChecked,
        ImmutableArray<ImagePlatform> platforms, bool isPart, Func<ImageConfiguration> config)
    {
        Id = id;
        References = references;
        Digests = digests;
        LayerDirectories = layerDirectories;
        Size = size;
        Created = created;
        Platform = platform;
        LastChecked = lastChecked;
        Platforms = platforms;
        IsPart = isPart;
        _config = new Lazy<ImageConfiguration>(config);
    }

    /// <summary>Digest of the configuration, <c>sha256:…</c>; what Docker calls the image id.</summary>
    public string Id { get; }

    /// <summary>The first twelve digits of <see cref="Id"/>, as lists show them.</summary>
    public string ShortId => Id.Substring(7, 12);

    /// <summary>Every name of this image; empty for an untagged ("dangling") one.</summary>
    public ImmutableArray<ImageReference> References { get; }

    /// <summary>Names with the digests that registries have it under.</summary>
    public ImmutableArray<ImageReference> Digests { get; }

    /// <summary>Absolute paths, base first, of directories in overlayfs form: overlay's <c>lowerdir=</c> wants them reversed.</summary>
    public ImmutableArray<string> LayerDirectories { get; }

    /// <summary>Bytes of the files in all layers.</summary>
    public long Size { get; }

    /// <summary>When the image was made, as its configuration says; the epoch when it does not.</summary>
    public DateTimeOffset Created { get; }

    public ImagePlatform Platform { get; }

    /// <summary>When a registry was last asked for it; null when never.</summary>
    public DateTimeOffset? LastChecked { get; }

    /// <summary>Where its names stand for an image of each of several platforms: those platforms. Else empty.</summary>
    public ImmutableArray<ImagePlatform> Platforms { get; }

    /// <summary>It has no name of its own, and is one of several that a name stands for.</summary>
    public bool IsPart { get; }

    /// <summary>Read from the store when first asked for.</summary>
    /// <exception cref="ImageException">The stored configuration is damaged.</exception>
    public ImageConfiguration Config => _config.Value;
}
