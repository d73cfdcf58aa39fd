using System.Collections.Immutable;

namespace Devoxx.Images.Registry;

/// <summary>
/// Reads registries.conf: of TOML the tables, arrays of tables, strings, booleans and arrays of strings that such files have. Keys that are not ours
/// (short-name-mode, credential-helpers …) are read over.
/// </summary>
internal static class RegistriesFile
{
    /// <exception cref="ImageException">Malformed; the message has file and line.</exception>
    public static RegistriesConfiguration Parse(string text, string file)
    {
        var rules = new List<(Dictionary<string, string> Keys, List<Dictionary<string, string>> Mirrors, int Line)>();
        Dictionary<string, string>? table = [];
        var open = 0;
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = WithoutComment(raw).Trim();
            if (open > 0)
            {
                // The rest of an array over several lines.
                open += Depth(line);
                continue;
            }

            if (line.Length == 0)
            {
                continue;
            }

            switch (line)
            {
                case "[[registry]]":
                    rules.Add((table = [], [], number));
                    continue;
                case "[[registry.mirror]]":
                    if (rules.Count == 0)
                    {
                        throw Error(file, number, "[[registry.mirror]] without a [[registry]] before it");
                    }

                    rules[^1].Mirrors.Add(table = []);
                    continue;
                case ['[', ..]:
                    table = null;
                    continue;
            }

            var equals = line.IndexOf('=');
            if (equals <= 0)
            {
                throw Error(file, number, $"'{line}' is neither a table nor key = value");
            }

            var value = line[(equals + 1)..].Trim();
            open = Depth(value);
            if (table is not null)
            {
                table[line[..equals].Trim().Trim('"')] = value;
            }
        }

        return new RegistriesConfiguration([.. rules.Select(rule => Rule(rule.Keys, rule.Mirrors, file, rule.Line))]);
    }

    private static RegistryRule Rule(Dictionary<string, string> keys, List<Dictionary<string, string>> mirrors, string file, int line)
    {
        var location = Text(keys, "location", file, line);
        var digestsOnly = Flag(keys, "mirror-by-digest-only", file, line) == true;
        return new RegistryRule(
            Text(keys, "prefix", file, line) ?? location ?? throw Error(file, line, "[[registry]] with neither prefix nor location"),
            location,
            Flag(keys, "insecure", file, line),
            Flag(keys, "blocked", file, line) == true,
            [.. mirrors.Select(mirror => new RegistryMirror(Text(mirror, "location", file, line) ?? throw Error(file, line, "[[registry.mirror]] without location"), Flag(mirror, "insecure", file, line), Use(mirror, digestsOnly, file, line)))]);
    }

    private static MirrorUse Use(Dictionary<string, string> mirror, bool digestsOnly, string file, int line) => Text(mirror, "pull-from-mirror", file, line) switch
    {
        null => digestsOnly ? MirrorUse.DigestOnly : MirrorUse.All,
        "all" => MirrorUse.All,
        "digest-only" => MirrorUse.DigestOnly,
        "tag-only" => MirrorUse.TagOnly,
        var other => throw Error(file, line, $"pull-from-mirror = \"{other}\": expected all, digest-only or tag-only"),
    };

    private static string? Text(Dictionary<string, string> keys, string key, string file, int line) => keys.GetValueOrDefault(key) switch
    {
        null => null,
        ['"', .. var text, '"'] when !text.Contains('"') && !text.Contains('\\') => text.TrimEnd('/'),
        ['\'', .. var text, '\''] when !text.Contains('\'') => text.TrimEnd('/'),
        var other => throw Error(file, line, $"{key} = {other}: expected a string in quotes"),
    };

    private static bool? Flag(Dictionary<string, string> keys, string key, string file, int line) => keys.GetValueOrDefault(key) switch
    {
        null => null,
        "false" => false,
        "true" => true,
        var other => throw Error(file, line, $"{key} = {other}: expected true or false"),
    };

    private static int Depth(string text) => Outside(text).Sum(c => c == '[' ? 1 : c == ']' ? -1 : 0);

    private static string WithoutComment(string line)
    {
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            if (quote != '\0')
            {
                quote = line[i] == quote ? '\0' : quote;
            }
            else if (line[i] is '"' or '\'')
            {
                quote = line[i];
            }
            else if (line[i] == '#')
            {
                return line[..i];
            }
        }

        return line;
    }

    /// <summary>The characters that are in no string.</summary>
    private static IEnumerable<char> Outside(string text)
    {
        var quote = '\0';
        foreach (var c in text)
        {
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else
            {
                yield return c;
            }
        }
    }

    private static ImageException Error(string file, int line, string what) => new($"{file}:{line}: {what}");
}
