namespace Devoxx.Images.Storage;

/// <summary>Where things lie in a store. Layers have short names, as overlayfs takes all its directories in one page of options.</summary>
internal sealed record StoreLayout(string Root)
{
    /// <summary>What there is: images and layers. Written whole, by rename.</summary>
    public string Index => Root + "/index.json";

    /// <summary>Held while the index is changed.</summary>
    public string Lock => Root + "/lock";

    /// <summary>Manifests and configurations by digest.</summary>
    public string Blobs => Root + "/blobs/sha256";

    /// <summary>Unpacked layers, one directory each, by number.</summary>
    public string Layers => Root + "/l";

    /// <summary>Of each layer what its directory does not show of its archive.</summary>
    public string Skeletons => Root + "/skeletons";

    /// <summary>One directory for each load or pull under way.</summary>
    public string Work => Root + "/work";

    public string Layer(long number) => $"{Root}/l/{number}";

    public string Skeleton(long number) => $"{Root}/skeletons/{number}";

    public string Blob(Digest digest) => $"{Root}/blobs/{digest.Algorithm}/{digest.Hex}";
}
