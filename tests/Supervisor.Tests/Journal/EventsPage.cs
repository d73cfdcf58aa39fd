using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>docs/events.md, made from what is registered and from the comments beside the records.</summary>
internal static partial class EventsPage
{
    public static string Make(EventTypes types)
    {
        var comments = Comments();
        var page = new StringBuilder("""
            # Events

            Everything that happens is an event in the journal, `journal.db` in the state root: table `event_journal`, one row each,
            payload in JSON. A kind carries its version (`container.exited.v1`); a version that has been published is only ever
            extended by fields that may be missing. `devoxx-compose events` shows them; so does
            `sqlite3 -readonly` on a *copy* of the file: not on the live one (an older `sqlite3` can damage it).

            Times are RFC 3339, durations `[d.]hh:mm:ss[.fffffff]`, sizes bytes, signals numbers. `?` marks what may be missing.
            What an event is about is in its `subject` and in the column `tags`: `;project=shop;service=web;container=shop-web-1;`.

            This page is made from the source: `DEVOXX_WRITE_DOCS=1 dotnet run -c Release --project tests/Supervisor.Tests`.


            """.ReplaceLineEndings("\n"));
        foreach (var group in types.All.Where(type => !type.IsState).GroupBy(type => type.Manifest[..type.Manifest.IndexOf('.')]))
        {
            page.Append($"## {group.Key}\n\n");
            foreach (var type in group)
            {
                page.Append($"### `{type.Manifest}`\n{comments.GetValueOrDefault(type.Payload.Name)?.Summary ?? "?"}\n\n");
                Members(page, type, comments);
            }
        }

        page.Append("## Snapshots\n\nIn table `snapshot`: what an actor knew at some point, so that it need not replay all events before it.\n\n");
        foreach (var type in types.All.Where(type => type.IsState))
        {
            page.Append($"- `{type.Manifest}`: {comments.GetValueOrDefault(type.Payload.Name)?.Summary ?? "?"}\n");
        }

        return page.ToString();
    }

    private static void Members(StringBuilder page, EventType type, Dictionary<string, Comment> comments)
    {
        var members = type.Json.Properties.Where(each => each.Name is not ("subject" or "at")).ToList();
        if (members.Count == 0)
        {
            return;
        }

        page.Append("| field | type | |\n|---|---|---|\n");
        foreach (var member in members)
        {
            var of = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
            var optional = of != member.PropertyType || member.IsGetNullable ? "?" : "";
            var text = comments.GetValueOrDefault(type.Payload.Name)?.Parameters.GetValueOrDefault(member.Name.ToLowerInvariant())
                ?? (comments.GetValueOrDefault(of.Name) is { } comment ? comment.Summary : "");
            page.Append($"| `{member.Name}{optional}` | {Name(of, type.Json.Options)} | {text} |\n");
        }

        page.Append('\n');
    }

    private static string Name(Type type, JsonSerializerOptions options) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "boolean",
        _ when type == typeof(DateTimeOffset) => "time",
        _ when type == typeof(TimeSpan) => "duration",
        _ when type.IsPrimitive => "number",
        _ when type.IsEnum => string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`")),
        _ when options.GetTypeInfo(type).Kind is JsonTypeInfoKind.Enumerable => "list",
        _ => "object",
    };

    private static Dictionary<string, Comment> Comments()
    {
        var found = new Dictionary<string, Comment>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Supervisor"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/")))
        {
            foreach (Match match in DocumentedRecord().Matches(File.ReadAllText(file)))
            {
                var text = string.Join('\n', match.Groups["comment"].Value.Split('\n').Select(line => line.Trim().TrimStart('/').Trim()));
                found[match.Groups["name"].Value] = new Comment(
                    Plain(Tag(text, "summary")),
                    Parameter().Matches(text).ToDictionary(each => each.Groups["name"].Value.ToLowerInvariant(), each => Plain(each.Groups["text"].Value)));
            }
        }

        return found;
    }

    private static string Tag(string text, string tag) =>
        text.IndexOf($"<{tag}>", StringComparison.Ordinal) is var from and >= 0
            ? text[(from + tag.Length + 2)..text.IndexOf($"</{tag}>", StringComparison.Ordinal)]
            : "";

    private static string Plain(string text) =>
        Spaces().Replace(Markup().Replace(References().Replace(text, match => $"`{match.Groups["name"].Value}`"), "`"), " ").Trim().Replace("|", "\\|");

    private sealed record Comment(string Summary, Dictionary<string, string> Parameters);

    [GeneratedRegex(@"(?<comment>(^[ \t]*///[^\n]*\n)+)([ \t]*\[[^\n]*\n)*[ \t]*(public|internal) sealed (partial )?record (struct )?(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex DocumentedRecord();

    [GeneratedRegex("""<param name="(?<name>\w+)">(?<text>.*?)</param>""", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex("""<(paramref name|see cref|see langword)="(?<name>[^"]+)"\s*/>""")]
    private static partial Regex References();

    [GeneratedRegex("</?c>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
