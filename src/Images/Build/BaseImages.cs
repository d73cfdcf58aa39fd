using System.Text;

namespace Devoxx.Images.Build;

/// <summary>
/// The images that a Dockerfile names (FROM, COPY --from, RUN --mount=from=), variables replaced as its reference says. Pure. What is too clever for this
/// (a variable out of a stage's own ARG) is left to the builder.
/// </summary>
internal static class BaseImages
{
    /// <returns>As written, each once; not the names of stages, nor <c>scratch</c>.</returns>
    public static IReadOnlyList<string> Of(string dockerfile, Func<string, string?> buildArgument)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        var found = new List<string>();
        var seenFrom = false;
        foreach (var words in Instructions(dockerfile))
        {
            switch (words[0].ToUpperInvariant())
            {
                case "ARG" when !seenFrom && words.Count > 1:
                    var (name, otherwise) = words[1].Split('=', 2) is [var key, var text] ? (key, text.Trim('"', '\'')) : (words[1], "");
                    variables[name] = buildArgument(name) ?? Replace(otherwise, variables);
                    break;
                case "FROM":
                    seenFrom = true;
                    var operands = words.Skip(1).Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToList();
                    if (operands.Count > 0)
                    {
                        Add(Replace(operands[0], variables));
                    }

                    if (operands.Count > 2 && operands[1].Equals("as", StringComparison.OrdinalIgnoreCase))
                    {
                        stages.Add(operands[2]);
                    }

                    break;
                case "COPY" or "ADD" or "RUN":
                    foreach (var word in words.Skip(1).TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal)))
                    {
                        if (word.StartsWith("--from=", StringComparison.Ordinal))
                        {
                            Add(word[7..]);
                        }
                        else if (word.StartsWith("--mount=", StringComparison.Ordinal) && Array.Find(word[8..].Split(','), part => part.StartsWith("from=", StringComparison.Ordinal)) is { } from)
                        {
                            Add(from[5..]);
                        }
                    }

                    break;
            }
        }

        return found;

        void Add(string image)
        {
            // A stage may also be named by its number.
            if (image.Length > 0 && !image.All(char.IsAsciiDigit) && !image.Contains('$') && !stages.Contains(image) && !found.Contains(image))
            {
                found.Add(image);
            }
        }
    }

    /// <summary>Lines put together where they go on, comments left out, split into words.</summary>
    private static IEnumerable<List<string>> Instructions(string dockerfile)
    {
        var instruction = new StringBuilder();
        foreach (var line in dockerfile.ReplaceLineEndings("\n").Split('\n'))
        {
            var text = line.Trim();
            if (text.StartsWith('#') || (text.Length == 0 && instruction.Length > 0))
            {
                continue;
            }

            if (text.EndsWith('\\'))
            {
                instruction.Append(text.AsSpan(0, text.Length - 1)).Append(' ');
                continue;
            }

            var words = instruction.Append(text).ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).ToList();
            instruction.Clear();
            if (words.Count > 0)
            {
                yield return words;
            }
        }
    }

    /// <summary><c>$X</c>, <c>${X}</c>, <c>${X:-default}</c>, <c>${X:+other}</c>; one that is not known becomes nothing, as in the reference.</summary>
    private static string Replace(string text, Dictionary<string, string> variables)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            if (text[i + 1] == '{' && text.IndexOf('}', i) is var close and > 0)
            {
                var inner = text[(i + 2)..close];
                var name = inner.Split(':', 2)[0];
                var value = variables.GetValueOrDefault(name, "");
                var rest = inner[name.Length..];
                result.Append(rest.StartsWith(":-", StringComparison.Ordinal) && value.Length == 0 ? rest[2..]
                    : rest.StartsWith(":+", StringComparison.Ordinal) ? (value.Length > 0 ? rest[2..] : "") : value);
                i = close;
                continue;
            }

            var end = i + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            result.Append(variables.GetValueOrDefault(text[(i + 1)..end], ""));
            i = end - 1;
        }

        return result.ToString();
    }
}
