using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Devoxx.Images.Storage;

/// <summary>All that the store has, in one file, so that opening it needs no scan.</summary>
internal sealed record StoreIndex
{
    public static StoreIndex Empty { get; } = new();

    public int Version { get; init; } = 1;

    /// <summary>The number of the next layer. A directory of this number is left over from a crash between its rename and the index's.</summary>
    public long NextLayer { get; init; } = 1;

    public ImmutableList<LayerRecord> Layers { get; init; } = [];

    public ImmutableList<ImageRecord> Images { get; init; } = [];

    /// <summary>Names that stand for several images; none in an index of before there were any.</summary>
    public ImmutableList<PlatformSet> Sets { get; init => field = value ?? []; } = [];

    /// <summary>Layers out of use, whose directories are yet to be deleted.</summary>
    public ImmutableList<long> Removing { get; init; } = [];

    /// <summary>The layer of this content, where its directory does not depend on what lies below; else the one in this very chain.</summary>
    public LayerRecord? FindLayer(string diffId, string chainId) =>
        Layers.Find(layer => layer.DiffId == diffId && (layer.ChainId is null || layer.ChainId == chainId));
}

/// <param name="Number">Name of its directory.</param>
/// <param name="DiffId">Digest of the uncompressed archive.</param>
/// <param name="ChainId">
/// Set when the archive leaves out directories that it has things in: those have taken their attributes from the layers below, and so the directory
/// serves this chain only (image-spec, config.md, "Layer ChainID").
/// </param>
/// <param name="Bytes">Contents of its files.</param>
/// <param name="HasSkeleton">Its archive can be made again, bit by bit.</param>
/// <param name="ArchiveBytes">Size of that archive.</param>
/// <param name="BlobDigest">Digest that it came under, compressed or not: a registry that has this need not be sent it.</param>
/// <param name="BlobSize">Bytes of that.</param>
internal sealed record LayerRecord(long Number, string DiffId, string? ChainId, long Bytes, bool HasSkeleton, long ArchiveBytes, string BlobDigest, long BlobSize);

/// <param name="Id">Digest of the configuration.</param>
/// <param name="References">Canonical names with tags.</param>
/// <param name="Digests">Canonical names with the digest that a registry has them under.</param>
/// <param name="Layers">Numbers, base first.</param>
/// <param name="ManifestDigest">Of the stored manifest, when it came with one.</param>
/// <param name="Checked">When a registry was last asked for it.</param>
internal sealed record ImageRecord(
    string Id, ImmutableArray<string> References, ImmutableArray<string> Digests, ImmutableArray<long> Layers, long Size, DateTimeOffset Created, string Platform,
    string? ManifestDigest = null, DateTimeOffset? Checked = null);

/// <summary>
/// A name that stands for several images, one for each platform (image-spec, image-index.md). The image that has the name itself is one of them: this machine's,
/// where there is one.
/// </summary>
/// <param name="Reference">Canonical, with its tag.</param>
/// <param name="Images">Ids, two at least, in the order of the index.</param>
internal sealed record PlatformSet(string Reference, ImmutableArray<string> Images);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(StoreIndex))]
internal sealed partial class StoreJson : JsonSerializerContext;
