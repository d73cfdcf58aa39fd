using System.Text;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>How log lines are decorated.</summary>
internal sealed record LogStyle(bool Colour, bool Prefix = true);

/// <summary>What stands before each replica's log lines: its name in a colour of its own, all names in one column.</summary>
internal sealed class LogPrefixes
{
    /// <summary>The reference's rainbow: cyan, yellow, green, magenta, blue, then the same in bright.</summary>
    private static readonly string[] Rainbow = ["36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1"];
    private readonly Dictionary<string, string> colours = [];
    private readonly LogStyle style;
    private int width;

    /// <param name="names">Those known beforehand: colours go to them in this order, and the column is as wide as their longest.</param>
    public LogPrefixes(LogStyle style, IEnumerable<string> names)
    {
        this.style = style;
        foreach (var name in names)
        {
            ColourOf(name);
        }
    }

    /// <summary><c>web-1  | </c>, in UTF-8; nothing with <c>--no-log-prefix</c>.</summary>
    public ReadOnlyMemory<byte> Of(string name)
    {
        var colour = ColourOf(name);
        return style.Prefix ? Encoding.UTF8.GetBytes(Ansi.Colour(colour, name.PadRight(width) + " | ", style.Colour)) : default;
    }

    /// <summary>A line on what happened to a replica: <c>web-1 exited with code 0</c>.</summary>
    public byte[] Status(string name, string message) =>
        Encoding.UTF8.GetBytes(Ansi.Colour(ColourOf(name), $"{name} {message}", style.Colour) + "\n");

    /// <summary>A line of a log.</summary>
    public byte[] Line(string name, string text) => [.. Of(name).Span, .. Encoding.UTF8.GetBytes(text + "\n")];

    private string ColourOf(string name)
    {
        if (!colours.TryGetValue(name, out var colour))
        {
            colours.Add(name, colour = Rainbow[colours.Count % Rainbow.Length]);
            width = Math.Max(width, name.Length + 1);
        }

        return colour;
    }
}
