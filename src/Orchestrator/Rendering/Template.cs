using System.Text;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>
/// The part of Go's templates that people give to <c>--format</c>: text, <c>{{.Field}}</c>, <c>\t</c> and <c>\n</c>, and
/// <c>table</c> in front for columns under headings. Anything else in braces is refused by name.
/// </summary>
internal sealed class Template
{
    private readonly List<(string Text, string? Field)> parts = [];

    private Template()
    {
    }

    /// <summary>Columns with headings.</summary>
    public bool IsTable { get; private init; }

    /// <exception cref="CommandFailedException">It uses more of the language than this.</exception>
    public static Template Parse(string format)
    {
        var isTable = format.StartsWith("table ", StringComparison.Ordinal);
        var template = new Template { IsTable = isTable };
        foreach (var (text, inner) in TemplateText.Cut(isTable ? format[6..] : format))
        {
            if (inner is not null && (inner.Length < 2 || inner[0] != '.' || !inner[1..].All(char.IsAsciiLetterOrDigit)))
            {
                throw new CommandFailedException($"format \"{format}\": only fields are understood, such as {{{{.Name}}}}, with text between, and \"table\" in front");
            }

            template.parts.Add((text, inner?[1..]));
        }

        return template;
    }

    /// <param name="field">The value of a field; null when there is none of that name.</param>
    /// <exception cref="CommandFailedException">There is no such field.</exception>
    public string Render(Func<string, string?> field)
    {
        var result = new StringBuilder();
        foreach (var (text, name) in parts)
        {
            result.Append(text);
            if (name is not null)
            {
                result.Append(field(name) ?? throw new CommandFailedException($"format: there is no field \"{name}\""));
            }
        }

        return result.ToString();
    }

    /// <summary>Writes all rows: in columns under <paramref name="heading"/> of each field, or line by line.</summary>
    public void Write<T>(TextWriter output, IEnumerable<T> rows, Func<T, string, string?> field, Func<string, string> heading)
    {
        var lines = rows.Select(row => Render(name => field(row, name)));
        if (!IsTable)
        {
            foreach (var line in lines)
            {
                output.WriteLine(line);
            }

            return;
        }

        var table = new Table(Render(heading).Split('\t'));
        foreach (var line in lines)
        {
            table.Add(line.Split('\t'));
        }

        table.Write(output);
    }
}
