using System.Text;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>Columns as Go's tabwriter lays them out, which docker's tables use: each as wide as its widest cell and 3 more; the last is not padded.</summary>
internal sealed class Table(params IReadOnlyList<string> headers)
{
    private const int Padding = 3;
    private readonly List<IReadOnlyList<string>> rows = [headers];

    /// <summary>Columns are at least this wide, padding included: 10 for containers, volumes and images, 20 for projects.</summary>
    public int LeastWidth { get; init; } = 10;

    public void Add(params IReadOnlyList<string> cells) => rows.Add(cells);

    public void Write(TextWriter output)
    {
        var widths = Enumerable.Range(0, headers.Count)
            .Select(column => Math.Max(rows.Max(row => Width(row[column])) + Padding, LeastWidth)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Count; column++)
            {
                line.Append(row[column]);
                if (column < row.Count - 1)
                {
                    line.Append(' ', widths[column] - Width(row[column]));
                }
            }

            output.WriteLine(line.ToString());
        }
    }

    private static int Width(string text) => text.EnumerateRunes().Count();
}
