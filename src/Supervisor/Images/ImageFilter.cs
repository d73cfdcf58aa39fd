using System.Collections.Immutable;
using Devoxx.Images;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Supervisor.Images;

/// <summary>What <c>--filter</c> of <c>image ls</c> and <c>image prune</c> lets through (docker image ls, "Filtering"). Pure.</summary>
public sealed class ImageFilter
{
    private readonly List<Func<StoredImage, bool>> conditions = [];
    private readonly List<string> references = [];

    /// <param name="filters"><c>KEY=VALUE</c> each; those of different keys must all hold, of several references one.</param>
    /// <param name="find">An image by name or id; null: none.</param>
    /// <param name="forPrune">It is <c>prune</c> that asks: its keys are others.</param>
    /// <exception cref="FormatException">No such filter; the message lists those that there are.</exception>
    public static ImageFilter Parse(IEnumerable<string> filters, Func<string, StoredImage?> find, DateTimeOffset now, bool forPrune)
    {
        var filter = new ImageFilter();
        foreach (var text in filters)
        {
            var (key, value) = text.Split('=', 2) is [var name, var given] ? (name, given) : throw new FormatException($"filter '{text}': expected KEY=VALUE");

            // label!=x ends in the sign of its key.
            var unequal = key.EndsWith('!');
            filter.Add(unequal ? key[..^1] : key, value, unequal, find, now, forPrune);
        }

        return filter;
    }

    /// <summary>Whether the image passes, leaving its names aside.</summary>
    public bool Passes(StoredImage image) => conditions.TrueForAll(condition => condition(image));

    /// <summary>The names of the image to be shown; null when it is not to be shown at all.</summary>
    public ImmutableArray<ImageReference>? NamesOf(StoredImage image)
    {
        if (!Passes(image))
        {
            return null;
        }

        if (references.Count == 0)
        {
            return image.References;
        }

        var shown = image.References.Where(name => references.Exists(pattern => Glob.Matches(pattern, name.Familiar) || Glob.Matches(pattern, name.FamiliarName))).ToImmutableArray();
        return shown.IsEmpty ? null : shown;
    }

    private void Add(string key, string value, bool unequal, Func<string, StoredImage?> find, DateTimeOffset now, bool forPrune)
    {
        switch (key)
        {
            case "label":
                var (label, wanted) = value.Split('=', 2) is [var name, var content] ? (name, content) : (value, null);
                conditions.Add(image => unequal != (image.Config.Config?.Labels?.TryGetValue(label, out var has) == true && (wanted is null || has == wanted)));
                break;
            case "until" when !unequal:
                var until = TimeExpression.Parse(value, now);
                conditions.Add(image => image.Created < until);
                break;
            case "dangling" when !unequal && value is "true" or "1" or "false" or "0":
                // What `prune` has for -a, which it takes before.
                conditions.Add(image => forPrune || (image.References.IsEmpty && !image.IsPart) == value is "true" or "1");
                break;
            case "reference" when !unequal && !forPrune:
                references.Add(value);
                break;
            case "before" or "since" when !unequal && !forPrune:
                var other = find(value) ?? throw new ImageNotFoundException(value);
                conditions.Add(image => key == "before" ? image.Created < other.Created : image.Created > other.Created);
                break;
            default:
                throw new FormatException(
                    $"filter '{key}{(unequal ? "!" : "")}={value}' is not known; there is {(forPrune ? "dangling=true|false, label=NAME[=VALUE], label!=NAME[=VALUE] and until=TIME" : "reference=PATTERN, label=NAME[=VALUE], label!=NAME[=VALUE], before=IMAGE, since=IMAGE, until=TIME and dangling=true|false")}");
        }
    }
}
