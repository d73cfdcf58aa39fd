using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>
/// What the live display shows, apart from any terminal: one line per thing in the order of first mention, under a count of
/// those that are done. Pure but for what it is told.
/// </summary>
/// <param name="title">What is going on, e.g. <c>Running</c>.</param>
/// <param name="unicode">Whether the terminal's locale can show the spinner of Braille dots and the check mark.</param>
internal sealed class ProgressBoard(string title, bool unicode, bool colour)
{
    private static readonly string[] Dots = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    private static readonly string[] Strokes = ["|", "/", "-", "\\"];
    private readonly List<Line> lines = [];
    private readonly Dictionary<(string, string), Line> byThing = [];

    public bool IsEmpty => lines.Count == 0;

    public void Update(Progress progress, DateTimeOffset now)
    {
        if (!byThing.TryGetValue((progress.Kind, progress.Name), out var line))
        {
            line = new Line(progress, now);
            byThing.Add((progress.Kind, progress.Name), line);
            lines.Add(line);
        }
        else if (line.Progress.Done && !progress.Done)
        {
            line.Ended = null;
        }

        line.Progress = progress;
        if (progress.Done)
        {
            line.Ended ??= now;
        }
    }

    /// <summary>The lines as they are now, each at most <paramref name="width"/> columns wide.</summary>
    /// <param name="height">Rows at most: things that are done give way first; <see cref="int.MaxValue"/> shows all.</param>
    public IReadOnlyList<string> Render(int width, int height, DateTimeOffset now)
    {
        var shown = Choose(Math.Max(height - 1, 1));
        var hidden = lines.Count - shown.Count;
        var finished = lines.Count(line => line.Progress.Done);
        var header = Cut($"[+] {title} {finished}/{lines.Count}", width);
        var nameWidth = shown.Count == 0 ? 0 : shown.Max(line => line.Name.Length);
        var statusWidth = shown.Count == 0 ? 0 : shown.Max(line => line.Progress.Status.Length);

        // " ✔ name  status  detail   1.2s": the name gives way first, the spinner and the status last.
        const int timer = 8;
        nameWidth = Math.Min(nameWidth, Math.Max(width - 3 - 1 - statusWidth - timer, Math.Min(10, width / 2)));
        var rendered = new List<string>(shown.Count + 2) { finished == lines.Count ? Ansi.Colour("34", header, colour) : header };
        foreach (var line in shown)
        {
            rendered.Add(Render(line, width, nameWidth, now));
        }

        if (hidden > 0)
        {
            rendered.Add(Cut($" ... {hidden} more", width));
        }

        return rendered;
    }

    private List<Line> Choose(int rows)
    {
        if (lines.Count <= rows)
        {
            return lines;
        }

        rows = Math.Max(rows - 1, 0);
        var chosen = lines.Where(line => !line.Progress.Done || line.Progress.Failed).Take(rows).ToHashSet();
        for (var index = lines.Count - 1; index >= 0 && chosen.Count < rows; index--)
        {
            chosen.Add(lines[index]);
        }

        return [.. lines.Where(chosen.Contains)];
    }

    private string Render(Line line, int width, int nameWidth, DateTimeOffset now)
    {
        var elapsed = ((line.Ended ?? now) - line.Began).TotalSeconds.ToString("0.0") + "s";
        var status = line.Progress.Status + (line.Detail is { Length: > 0 } detail ? " " + detail : "");
        var name = Shorten(line.Name, nameWidth).PadRight(nameWidth);
        var room = width - 3 - nameWidth - 2 - elapsed.Length - 1;
        if (room < 1)
        {
            return Cut($" {Mark(line, now)} {name}", width);
        }

        status = Shorten(status, room).PadRight(room);
        return $" {Coloured(line, Mark(line, now))} {name}  {Coloured(line, status)} {Ansi.Colour("34", elapsed, colour)}";
    }

    private string Coloured(Line line, string text) => Ansi.Colour(line.Progress.Failed ? "31;1" : "32", text, colour);

    private string Mark(Line line, DateTimeOffset now)
    {
        if (line.Progress.Failed)
        {
            return unicode ? "✘" : "x";
        }

        if (line.Progress.Done)
        {
            return unicode ? "✔" : "+";
        }

        var frames = unicode ? Dots : Strokes;
        return frames[(int)((now - line.Began).TotalMilliseconds / 100 % frames.Length)];
    }

    private string Shorten(string text, int width) =>
        text.Length <= width ? text : width <= 3 ? text[..Math.Max(width, 0)] : unicode ? text[..(width - 1)] + "…" : text[..(width - 3)] + "...";

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(width, 0)];

    private sealed class Line(Progress progress, DateTimeOffset began)
    {
        public Progress Progress { get; set; } = progress;

        public DateTimeOffset Began { get; } = began;

        public DateTimeOffset? Ended { get; set; }

        public string Name => $"{Progress.Kind} {Progress.Name}";

        public string? Detail => Progress is { Done: false, Current: { } current }
            ? Progress.Total is { } total ? $"{HumanSize.Of(current)}/{HumanSize.Of(total)}" : HumanSize.Of(current)
            : ProgressText.Detail(Progress);
    }
}
