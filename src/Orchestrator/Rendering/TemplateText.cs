namespace Devoxx.Orchestrator.Rendering;

/// <summary>A template of Go's, cut into its text and what stands in braces.</summary>
internal static class TemplateText
{
    /// <summary>Each text with the inner of the braces behind it; the last has none. Braces that are not closed have an empty inner. <c>\t</c> and <c>\n</c> are what they stand for.</summary>
    public static IEnumerable<(string Text, string? Inner)> Cut(string format)
    {
        var text = format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        var position = 0;
        while (text.IndexOf("{{", position, StringComparison.Ordinal) is var open and >= 0)
        {
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            yield return (text[position..open], close < 0 ? "" : text[(open + 2)..close].Trim());
            position = close < 0 ? text.Length : close + 2;
        }

        yield return (text[position..], null);
    }
}
