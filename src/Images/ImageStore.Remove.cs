using System.Collections.Immutable;
using Devoxx.Images.Storage;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>Takes a name off its image, and removes the image with layers that no other uses when it was the last.</summary>
    /// <param name="userOf">Who uses the image of this id, in words for people (<c>container web-1</c>); null when nobody does.</param>
    /// <param name="force">When named by id: remove although it has several names.</param>
    /// <returns>What was done, in order.</returns>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    /// <exception cref="ImageInUseException"><paramref name="userOf"/> names a user.</exception>
    public ImmutableArray<ImageRemoval> Remove(string nameOrId, Func<string, string?> userOf, bool force = false)
    {
        IReadOnlyCollection<ImageRecord> removed = [];
        var steps = _index.Update(index =>
        {
            var image = FindRecord(index, nameOrId) ?? throw new ImageNotFoundException(nameOrId);
            var named = ImageReference.TryParse(nameOrId, out var reference) && FindRecord(index, reference) == image ? reference : null;
            if (named is { Digest: null } && image.References.Length > 1)
            {
                var members = index.MembersOf(image, named.ToString()).Remove(image);
                var untagged = index with { Images = index.Images.Replace(image, image with { References = image.References.Remove(named.ToString()) }) };
                removed = Nameless(untagged.Mended(), members, userOf);
                var (rest, also) = Drop(untagged, removed);
                return (rest, [new ImageRemoval(named.Familiar, null), .. also]);
            }

            if (named is null && image.References.Length > 1 && !force)
            {
                throw new ImageException($"image {nameOrId} has several names ({string.Join(", ", image.References.Select(name => ImageReference.Parse(name).Familiar))}); remove them one by one, or force it");
            }

            if (userOf(image.Id) is { } user)
            {
                throw new ImageInUseException(nameOrId, user);
            }

            // With the name go the images of other platforms that only it stood for.
            var set = image.References.SelectMany(name => index.MembersOf(image, name)).Distinct().Where(member => member != image);
            removed = [image, .. Nameless((index with { Images = index.Images.Remove(image) }).Mended(), set, userOf)];
            return Drop(index, removed);
        });
        Sweep(removed);
        return steps;
    }

    /// <summary>Removes images without a name, or with <paramref name="all"/> every image that nobody uses; and layers of interrupted pulls.</summary>
    /// <param name="userOf">As in <see cref="Remove"/>.</param>
    /// <param name="only">Which of them; null: every one.</param>
    /// <returns>What was done, and the bytes of files that went.</returns>
    public (ImmutableArray<ImageRemoval> Removed, long Bytes) Prune(Func<string, string?> userOf, bool all = false, Func<StoredImage, bool>? only = null)
    {
        var filter = only ?? (_ => true);
        IReadOnlyCollection<ImageRecord> removed = [];
        var result = _index.Update(index =>
        {
            removed = index.Images.FindAll(image => (all || (image.References.IsEmpty && !index.IsMember(image.Id))) && filter(Stored(image)) && index.Together(image.Id).All(id => userOf(id) is null));
            var (after, steps) = Drop(index, removed);
            after = _layers.Collect(after, after.Layers.Select(layer => layer.Number));
            DeleteUnknownDocuments(index);
            var gone = index.Layers.Where(layer => after.Removing.Contains(layer.Number)).Sum(layer => layer.Bytes);
            return (after, (steps, gone));
        });
        Sweep(removed);
        return result;
    }

    /// <summary>Deletes what the index no longer names. Documents only after the index says so, or a crash would leave an image without its own.</summary>
    private void Sweep(IReadOnlyCollection<ImageRecord> removed)
    {
        _layers.Sweep();
        _index.Update(index =>
        {
            var used = index.Images.SelectMany(Documents).ToHashSet();
            foreach (var document in removed.SelectMany(Documents).Where(document => !used.Contains(document)))
            {
                _blobs.Remove(Digest.Parse(document));
            }

            return (index, true);
        });

        static IEnumerable<string> Documents(ImageRecord image) => image.ManifestDigest is null ? [image.Id] : [image.Id, image.ManifestDigest];
    }

    /// <summary>What a crash has left between a document's writing and the index's. Those of images that go are deleted once the index is written.</summary>
    private void DeleteUnknownDocuments(StoreIndex index)
    {
        var known = index.Images.SelectMany(image => new[] { image.Id, image.ManifestDigest }).OfType<string>().Select(digest => Digest.Parse(digest).Hex).ToHashSet();
        foreach (var path in System.IO.Directory.EnumerateFiles(_layout.Blobs).Where(path => !known.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }

    /// <summary>Those that neither have a name nor are in a set nor are used.</summary>
    private static ImmutableList<ImageRecord> Nameless(StoreIndex index, IEnumerable<ImageRecord> images, Func<string, string?> userOf) =>
        [.. images.Where(image => image.References.IsEmpty && !index.IsMember(image.Id) && userOf(image.Id) is null)];

    private (StoreIndex Index, ImmutableArray<ImageRemoval> Steps) Drop(StoreIndex index, IReadOnlyCollection<ImageRecord> images)
    {
        var steps = ImmutableArray.CreateBuilder<ImageRemoval>();
        var after = (index with { Images = index.Images.RemoveAll(images.Contains) }).Mended();
        foreach (var image in images)
        {
            steps.AddRange(image.References.Select(name => new ImageRemoval(ImageReference.Parse(name).Familiar, null)));
            steps.Add(new ImageRemoval(null, image.Id));
            after = _layers.Collect(after, image.Layers);
        }

        return (after, steps.ToImmutable());
    }
}

/// <summary>One step of a removal.</summary>
/// <param name="Untagged">The name that was taken off, or null.</param>
/// <param name="Deleted">The id of the image that was deleted, or null.</param>
public sealed record ImageRemoval(string? Untagged, string? Deleted);
