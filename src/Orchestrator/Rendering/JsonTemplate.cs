using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>
/// The part of Go's templates that people give to <c>inspect --format</c>: text, <c>{{.A.B}}</c>, <c>{{json .A}}</c>, <c>{{index .A 0}}</c> and
/// <c>{{index .A "key"}}</c>, <c>{{len .A}}</c>. Anything else in braces is refused by name.
/// </summary>
internal sealed class JsonTemplate
{
    private readonly List<(string Text, string[]? Words)> parts = [];

    private JsonTemplate()
    {
    }

    /// <exception cref="CommandFailedException">It uses more of the language than this.</exception>
    public static JsonTemplate Parse(string format)
    {
        var template = new JsonTemplate();
        foreach (var (text, inner) in TemplateText.Cut(format))
        {
            var words = inner?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is not null
                && !(words is [['.', ..]] or ["json" or "len", ['.', ..]] || (words is ["index", ['.', ..], .. { Length: > 0 } keys] && keys.All(IsKey))))
            {
                throw new CommandFailedException($"format \"{format}\": only {{{{.Field.Of.Field}}}}, {{{{json .Field}}}}, {{{{index .Field 0}}}}, {{{{index .Field \"key\"}}}} and {{{{len .Field}}}} are understood, with text between");
            }

            template.parts.Add((text, words));
        }

        return template;
    }

    /// <exception cref="CommandFailedException">There is no such field.</exception>
    public string Render(JsonElement root)
    {
        var result = new StringBuilder();
        foreach (var (text, words) in parts)
        {
            result.Append(text).Append(words is null ? "" : Value(root, words));
        }

        return result.ToString();
    }

    private static bool IsKey(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _) || word is ['"', .., '"'];

    private static string Value(JsonElement root, string[] words) => words switch
    {
        [var path] => Go(Find(root, path)),
        ["json", var path] => Find(root, path) is { } found ? JsonOutput.Text(found) : "null",
        ["len", var path] => (Find(root, path) switch
        {
            { ValueKind: JsonValueKind.Array } array => array.GetArrayLength(),
            { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().Count(),
            { ValueKind: JsonValueKind.String } text => Encoding.UTF8.GetByteCount(text.GetString()!),
            _ => 0,
        }).ToString(CultureInfo.InvariantCulture),
        ["index", var path, .. var keys] => Go(keys.Aggregate(Find(root, path), Index)),
        _ => "",
    };

    private static JsonElement? Index(JsonElement? of, string key)
    {
        if (of is { ValueKind: JsonValueKind.Object } map)
        {
            return map.TryGetProperty(key.Trim('"'), out var value) ? value : null;
        }

        return of is { ValueKind: JsonValueKind.Array } array && int.TryParse(key, out var number)
            ? number < array.GetArrayLength() ? array[number] : throw new CommandFailedException($"format: index {number} is out of range, there are {array.GetArrayLength()}")
            : null;
    }

    /// <summary>The image itself has a fixed set of fields; what lies below may or may not be there.</summary>
    private static JsonElement? Find(JsonElement root, string path)
    {
        JsonElement? at = root;
        var depth = 0;
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            at = at is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(name, out var value) ? value
                : depth == 0 ? throw new CommandFailedException($"format: there is no field \"{name}\"") : null;
            depth++;
        }

        return at;
    }

    /// <summary>As Go prints a value: <c>[a b]</c>, <c>map[k:v]</c>.</summary>
    private static string Go(JsonElement? value) => value switch
    {
        null => "<no value>",
        { ValueKind: JsonValueKind.Null } => "<nil>",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } array => $"[{string.Join(' ', array.EnumerateArray().Select(item => Go(item)))}]",
        { ValueKind: JsonValueKind.Object } map => $"map[{string.Join(' ', map.EnumerateObject().OrderBy(item => item.Name, StringComparer.Ordinal).Select(item => $"{item.Name}:{Go(item.Value)}"))}]",
        { } other => other.GetRawText(),
    };
}
