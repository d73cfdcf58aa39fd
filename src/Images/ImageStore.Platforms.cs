using System.Collections.Immutable;
using Devoxx.Images.Storage;

namespace Devoxx.Images;

/// <summary>Names that stand for an image of each of several platforms.</summary>
public sealed partial class ImageStore
{
    /// <summary>Of the images that the name stands for the nearest that runs on the platform; null when there is none.</summary>
    public StoredImage? Find(ImageReference reference, ImagePlatform platform) => FindRecord(_index.Read(), reference, platform) is { } record ? Stored(record) : null;

    /// <summary>Has the names stand for all of these images; the one for this machine has the names itself, or else the first.</summary>
    /// <param name="images">Ids, in the order of the index to be; each for another platform.</param>
    /// <returns>The image that has the names.</returns>
    /// <exception cref="ImageNotFoundException">One of them is not there.</exception>
    /// <exception cref="ImageException">Two of them are for one platform.</exception>
    public StoredImage Group(IReadOnlyList<ImageReference> references, ImmutableArray<string> images) => Stored(_index.Update(index =>
    {
        var records = images.Distinct().Select(id => index.Images.Find(image => image.Id == id) ?? throw new ImageNotFoundException(id)).ToList();
        if (records.GroupBy(record => record.Platform).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ImageException($"two images of {references[0].Familiar} are for {twice.Key}: which of them is meant there could not be told");
        }

        return Named(index, references, records);
    }));

    private static (StoreIndex Index, ImageRecord Named) Named(StoreIndex index, IEnumerable<ImageReference> references, List<ImageRecord> records)
    {
        var here = records.Where(record => Distance(ImagePlatform.Host, record) is not null).MinBy(record => Distance(ImagePlatform.Host, record)) ?? records[0];
        var names = references.Select(reference => (reference with { Digest = null, Tag = reference.Tag ?? ImageReference.DefaultTag }).ToString()).ToImmutableArray();
        var (after, named) = Put(index, here with { References = names });
        foreach (var name in names)
        {
            after = after.WithSet(name, [.. records.Select(record => record.Id)]);
        }

        return (after, named);
    }

    private static ImageRecord? FindRecord(StoreIndex index, ImageReference reference, ImagePlatform? platform)
    {
        var named = FindRecord(index, reference);
        return named is null || platform is null ? named
            : index.MembersOf(named, (reference with { Digest = null }).ToString()).Where(record => Distance(platform, record) is not null).MinBy(record => Distance(platform, record));
    }

    private static int? Distance(ImagePlatform platform, ImageRecord record) => platform.Distance(ImagePlatform.Parse(record.Platform));

    /// <summary>The platforms that an image's names stand for; empty where it is one image only.</summary>
    private static ImmutableArray<ImagePlatform> PlatformsOf(StoreIndex index, ImageRecord record) =>
    [
        .. record.References.SelectMany(reference => index.Sets.Find(set => set.Reference == reference)?.Images ?? [])
            .Distinct().Select(id => index.Images.Find(image => image.Id == id)).OfType<ImageRecord>().Select(member => ImagePlatform.Parse(member.Platform)),
    ];
}
