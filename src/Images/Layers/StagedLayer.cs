namespace Devoxx.Images.Layers;

/// <summary>A layer that was read and verified, but is not yet one of the store's.</summary>
/// <param name="BlobDigest">Of the bytes as they came, compressed or not.</param>
/// <param name="BlobSize">Bytes as they came.</param>
/// <param name="DiffId">Of the uncompressed archive.</param>
/// <param name="ArchiveSize">Bytes of the uncompressed archive.</param>
/// <param name="Directory">Where it was unpacked; null when it was only read, as the store has it already.</param>
/// <param name="Skeleton">Its <see cref="Archives.TarSkeleton"/>.</param>
/// <param name="Content">What was unpacked; null when nothing was.</param>
internal sealed record StagedLayer(Digest BlobDigest, long BlobSize, Digest DiffId, long ArchiveSize, string? Directory, string? Skeleton, UnpackedLayer? Content);
