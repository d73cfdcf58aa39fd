namespace Devoxx.Bench;

/// <summary>Rows of text under a header, as Markdown.</summary>
internal sealed class Table(string title, params string[] header)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(cells);

    public void Print()
    {
        var widths = header.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        string Line(string[] cells) => "| " + string.Join(" | ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |";
        Console.WriteLine($"\n## {title}\n");
        Console.WriteLine(Line(header));
        Console.WriteLine("|" + string.Join("|", widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")) + "|");
        rows.ForEach(row => Console.WriteLine(Line(row)));
    }

    public static string Time(TimeSpan? time) => time switch
    {
        null => "–",
        { TotalSeconds: >= 1 } t => $"{t.TotalSeconds:0.00} s",
        { } t => $"{t.TotalMilliseconds:0.0} ms",
    };

    /// <summary>How many times as long the other takes.</summary>
    public static string Ratio(TimeSpan? other, TimeSpan? own) => other is { } a && own is { } b && b > TimeSpan.Zero ? $"{a / b:0.0} ×" : "–";
}
