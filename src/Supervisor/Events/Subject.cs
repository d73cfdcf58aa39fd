using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Devoxx.Supervisor.Events;

/// <summary>
/// What an event is about, most general first. Only what applies is set; the container is given by its name
/// (<c>shop-web-1</c>), not its id.
/// </summary>
public sealed record Subject(
    string? Project = null,
    string? Service = null,
    string? Container = null,
    string? Volume = null,
    string? Network = null,
    string? Image = null)
{
    /// <summary>The event is about nothing in particular.</summary>
    public static Subject None { get; } = new();

    /// <summary>
    /// The form of the journal's <c>tags</c> column: <c>;project=shop;service=web;container=shop-web-1;</c>, or null when
    /// nothing is set. Every pair stands between two semicolons, so that a pair is found by looking for it with both.
    /// </summary>
    public string? ToTags()
    {
        var text = new StringBuilder();
        Append(text, "project", Project);
        Append(text, "service", Service);
        Append(text, "container", Container);
        Append(text, "volume", Volume);
        Append(text, "network", Network);
        Append(text, "image", Image);
        return text.Length == 0 ? null : text.Append(';').ToString();
    }

    /// <summary>The subject a <c>tags</c> column says; what it says of other keys is passed over.</summary>
    public static Subject FromTags(string? tags)
    {
        if (string.IsNullOrEmpty(tags))
        {
            return None;
        }

        string? project = null, service = null, container = null, volume = null, network = null, image = null;
        foreach (var range in tags.AsSpan().Split(';'))
        {
            var pair = tags.AsSpan(range);
            var equals = pair.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = Unescape(pair[(equals + 1)..].ToString());
            switch (pair[..equals])
            {
                case "project": project = value; break;
                case "service": service = value; break;
                case "container": container = value; break;
                case "volume": volume = value; break;
                case "network": network = value; break;
                case "image": image = value; break;
            }
        }

        return new Subject(project, service, container, volume, network, image);
    }

    /// <summary>One pair as it stands in the tags, with both its semicolons.</summary>
    public static string Tag(string key, string value) => $";{key}={Escape(value)};";

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null)
        {
            text.Append(';').Append(key).Append('=').Append(Escape(value));
        }
    }

    // Only what would break the pairs apart; '%' because it announces an escape.
    [return: NotNullIfNotNull(nameof(value))]
    private static string? Escape(string? value) =>
        value is null || value.AsSpan().IndexOfAny('%', ';') < 0 ? value : value.Replace("%", "%25").Replace(";", "%3B");

    private static string Unescape(string value) => value.Replace("%3B", ";").Replace("%25", "%");
}
