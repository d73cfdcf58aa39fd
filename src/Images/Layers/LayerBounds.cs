namespace Devoxx.Images.Layers;

/// <summary>What one layer may cost the machine. An archive that goes over is an attack or a mistake, and is refused.</summary>
public sealed record LayerBounds
{
    public static LayerBounds Default { get; } = new();

    /// <summary>Entries in the archive: each may cost an inode.</summary>
    public long Entries { get; init; } = 4_000_000;

    /// <summary>Bytes of the archive once decompressed.</summary>
    public long Bytes { get; init; } = 256L << 30;

    /// <summary>
    /// A layer may grow to <see cref="RatioFree"/> bytes however well it is compressed, and beyond that to this many times its compressed size. Programs and data
    /// shrink to a third or a tenth; gzip ends at about 1,000, zstd nowhere.
    /// </summary>
    public int Ratio { get; init; } = 200;

    public long RatioFree { get; init; } = 1L << 30;
}
