using System.Collections.Immutable;

namespace Devoxx.Images.Storage;

/// <summary>What becomes of the sets of images as names and images come and go. Pure.</summary>
internal static class PlatformSets
{
    /// <summary>The images that a name stands for, the one that has it first; one, or none, where it stands for no set.</summary>
    public static ImmutableList<ImageRecord> MembersOf(this StoreIndex index, ImageRecord named, string reference) =>
        index.Sets.Find(set => set.Reference == reference) is not { } set ? [named]
        : [named, .. set.Images.Where(id => id != named.Id).Select(id => index.Images.Find(image => image.Id == id)).OfType<ImageRecord>()];

    /// <summary>Is the image one of a set? Then it is not without a name, although it has none of its own.</summary>
    public static bool IsMember(this StoreIndex index, string id) => index.Sets.Exists(set => set.Images.Contains(id));

    /// <summary>Every image that is in a set with this one, itself among them.</summary>
    public static IEnumerable<string> Together(this StoreIndex index, string id) => index.Sets.Where(set => set.Images.Contains(id)).SelectMany(set => set.Images).Append(id).Distinct();

    /// <summary>A name stands for these; whatever set it stood for before is gone. Fewer than two are no set.</summary>
    public static StoreIndex WithSet(this StoreIndex index, string reference, ImmutableArray<string> images)
    {
        var others = index.Sets.RemoveAll(set => set.Reference == reference);
        return index with { Sets = images.Length < 2 ? others : others.Add(new PlatformSet(reference, images)) };
    }

    /// <summary>Sets of names that an image does not have any more, or without images that have gone, are no longer what they were.</summary>
    public static StoreIndex Mended(this StoreIndex index)
    {
        var ids = index.Images.Select(image => image.Id).ToHashSet(StringComparer.Ordinal);
        var sets = index.Sets
            .ConvertAll(set => set.Images.All(ids.Contains) ? set : set with { Images = set.Images.RemoveAll(id => !ids.Contains(id)) })
            .RemoveAll(set => set.Images.Length < 2 || !index.Images.Exists(image => image.References.Contains(set.Reference) && set.Images.Contains(image.Id)));
        return sets.SequenceEqual(index.Sets) ? index : index with { Sets = sets };
    }
}
