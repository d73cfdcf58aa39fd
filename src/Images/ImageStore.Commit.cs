using System.Globalization;
using Devoxx.Images.Layers;
using Devoxx.Images.Storage;

namespace Devoxx.Images;

/// <summary>How something staged becomes an image of the store: layers first, base first, then the documents, then the index.</summary>
public sealed partial class ImageStore
{
    /// <param name="layers">Base first; null for one that <paramref name="configuration"/> says the store has.</param>
    /// <param name="digests">Names with the digests that a registry has them under.</param>
    private StoredImage Commit(
        Workspace workspace, byte[] configuration, IReadOnlyList<StagedLayer?> layers, IEnumerable<ImageReference> references, IEnumerable<ImageReference> digests, byte[]? manifest, DateTimeOffset? checkedAt)
    {
        var parsed = ParseConfiguration(configuration);
        var diffIds = parsed.Rootfs?.DiffIds ?? [];
        if (diffIds.Count != layers.Count)
        {
            throw new ImageException($"the image's configuration is of {diffIds.Count} layers, but there are {layers.Count}");
        }

        var records = new List<LayerRecord>(layers.Count);
        var chain = "";
        for (var i = 0; i < layers.Count; i++)
        {
            chain = ChainId(chain, diffIds[i]);
            records.Add(Place(workspace, diffIds[i], chain, layers[i], records));
        }

        var record = new ImageRecord(
            Digest.Sha256Of(configuration).ToString(),
            [.. references.Select(reference => (reference with { Digest = null }).ToString())],
            [.. digests.Select(reference => $"{reference.Name}@{reference.Digest}")],
            [.. records.Select(layer => layer.Number)],
            records.Sum(layer => layer.Bytes),
            DateTimeOffset.TryParse(parsed.Created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : DateTimeOffset.UnixEpoch,
            ImagePlatform.Normalise(NonEmpty(parsed.Os) ?? "linux", NonEmpty(parsed.Architecture) ?? ImagePlatform.Host.Architecture, parsed.Variant).ToString(),
            manifest is null ? null : Digest.Sha256Of(manifest).ToString(),
            checkedAt);
        ImageRecord? before = null;
        var stored = Stored(_index.Update(index =>
        {
            before = index.Images.Find(image => image.Id == record.Id);

            // Under the lock, so that nobody who is removing the same image takes them away in between.
            _blobs.Add(configuration);
            if (manifest is not null)
            {
                _blobs.Add(manifest);
            }

            return Put(index, record);
        }));
        if (before?.ManifestDigest is not null && manifest is not null)
        {
            // It may have come with another manifest this time.
            Sweep([before]);
        }

        return stored;
    }

    private LayerRecord Place(Workspace workspace, string diffId, string chainId, StagedLayer? staged, IReadOnlyList<LayerRecord> below)
    {
        if (staged is not null && staged.DiffId.ToString() != diffId)
        {
            throw new DigestMismatchException($"a layer is {staged.DiffId} once decompressed, but the image's configuration says {diffId}");
        }

        if (_layers.Claim(workspace, diffId, chainId) is { } present)
        {
            return present;
        }

        if (staged?.Directory is null)
        {
            throw new ImageException($"layer {diffId} was removed from the store in the meantime; try again");
        }

        // One layer on different ones in one archive: the first use has taken the directory.
        return _layers.Add(workspace, System.IO.Directory.Exists(staged.Directory) ? staged : _layers.Copy(workspace, staged), chainId, below);
    }

    /// <summary>Adds the record, or its names to the one there is; its names are taken off other images.</summary>
    private static (StoreIndex Index, ImageRecord Record) Put(StoreIndex index, ImageRecord record)
    {
        var images = index.Images.ConvertAll(image => image.Id == record.Id ? image : image with
        {
            References = image.References.RemoveAll(record.References.Contains),
            Digests = image.Digests.RemoveAll(record.Digests.Contains),
        });
        index = index with { Sets = index.Sets.RemoveAll(set => record.References.Contains(set.Reference) && !set.Images.Contains(record.Id)) };
        if (images.Find(image => image.Id == record.Id) is { } existing)
        {
            var merged = existing with
            {
                References = [.. existing.References.Union(record.References)],
                Digests = [.. existing.Digests.Union(record.Digests)],
                ManifestDigest = record.ManifestDigest ?? existing.ManifestDigest,
                Checked = record.Checked ?? existing.Checked,
            };
            return (index with { Images = images.Replace(existing, merged) }, merged);
        }

        return (index with { Images = images.Add(record) }, record);
    }

    /// <summary>image-spec, config.md, "Layer ChainID": what a layer is together with all below it.</summary>
    private static string ChainId(string below, string diffId) =>
        below.Length == 0 ? diffId : Digest.Sha256Of(System.Text.Encoding.ASCII.GetBytes(below + " " + diffId)).ToString();

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
