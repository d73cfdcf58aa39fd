using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Images.Storage;

namespace Devoxx.Images;

public sealed partial class ImageStore
{
    /// <summary>Gives an image one more name; another image that had it loses it.</summary>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    public StoredImage Tag(string nameOrId, ImageReference reference) => Stored(_index.Update(index =>
    {
        var image = FindRecord(index, nameOrId) ?? throw new ImageNotFoundException(nameOrId);

        // By a name that stands for several the new one stands for the same; by an id, for this one only.
        return ImageReference.TryParse(nameOrId, out var old) && FindRecord(index, old) == image
            ? Named(index, [reference], [.. index.MembersOf(image, (old with { Digest = null }).ToString())])
            : Named(index, [reference], [image]);
    }));

    /// <summary>How the image came about, newest step first, with the bytes of files that each step added.</summary>
    /// <exception cref="ImageNotFoundException">No such image.</exception>
    public ImmutableArray<HistoryStep> History(string nameOrId)
    {
        var index = _index.Read();
        var record = FindRecord(index, nameOrId) ?? throw new ImageNotFoundException(nameOrId);
        var sizes = new Queue<long>(record.Layers.Select(number => index.Layers.Find(layer => layer.Number == number)?.Bytes ?? 0));
        var steps = new List<HistoryStep>();
        foreach (var step in Stored(record).Config.History ?? [])
        {
            var size = step.EmptyLayer == true || !sizes.TryDequeue(out var bytes) ? 0 : bytes;
            steps.Add(new HistoryStep(Time(step.Created), step.CreatedBy ?? "", size, step.Comment ?? ""));
        }

        // Not every tool writes down what it does.
        steps.AddRange(sizes.Select(size => new HistoryStep(null, "", size, "")));
        steps.Reverse();
        return [.. steps];
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

/// <summary>One step in the making of an image.</summary>
/// <param name="Size">Bytes of files that it added.</param>
public sealed record HistoryStep(DateTimeOffset? Created, string CreatedBy, long Size, string Comment);
