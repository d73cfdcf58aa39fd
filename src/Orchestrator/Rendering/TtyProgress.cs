using System.Text;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>
/// Draws a <see cref="ProgressBoard"/> at the bottom of the terminal and redraws it in place ten times a second.
/// Lines of other output go above it. Disposing leaves the last picture in full behind the cursor.
/// </summary>
internal sealed class TtyProgress : IProgressRenderer
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly TextWriter output;
    private readonly TerminalTraits terminal;
    private readonly ProgressBoard board;
    private readonly Timer timer;
    private IReadOnlyList<string> drawn = [];
    private bool ended;

    public TtyProgress(TextWriter output, TerminalTraits terminal, string title, bool colour)
    {
        this.output = output;
        this.terminal = terminal;
        board = new ProgressBoard(title, terminal.Unicode, colour);
        timer = new Timer(_ => Draw(), null, Frame, Frame);
    }

    public void Report(Progress progress)
    {
        lock (gate)
        {
            board.Update(progress, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Clears the display away, lets <paramref name="write"/> print whole lines in its place, and draws it again below them.</summary>
    public void Above(Action write)
    {
        lock (gate)
        {
            if (ended || drawn.Count == 0)
            {
                write();
                return;
            }

            var (width, height) = terminal.Size();
            output.Write($"\r{Ansi.Up(RowsOf(drawn, width))}{Ansi.EraseBelow}");
            drawn = [];
            write();
            Replace(board.Render(width - 1, height - 1, DateTimeOffset.UtcNow), width);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            if (!ended && !board.IsEmpty)
            {
                var (width, _) = terminal.Size();
                Replace(board.Render(width - 1, int.MaxValue, DateTimeOffset.UtcNow), width);
            }

            ended = true;
        }
    }

    private void Draw()
    {
        lock (gate)
        {
            if (ended || board.IsEmpty)
            {
                return;
            }

            // One column is left free: a full last column makes some terminals wrap. One row, for the cursor.
            var (width, height) = terminal.Size();
            Replace(board.Render(width - 1, height - 1, DateTimeOffset.UtcNow), width);
        }
    }

    private void Replace(IReadOnlyList<string> lines, int width)
    {
        var text = new StringBuilder(Ansi.HideCursor);
        text.Append('\r').Append(Ansi.Up(RowsOf(drawn, width)));
        foreach (var line in lines)
        {
            text.Append(line).Append(Ansi.EraseToEndOfLine).Append('\n');
        }

        text.Append(Ansi.EraseBelow).Append(Ansi.ShowCursor);
        output.Write(text.ToString());
        drawn = lines;
    }

    /// <summary>The rows that lines drawn earlier take now: a terminal that has become narrower has wrapped them.</summary>
    internal static int RowsOf(IReadOnlyList<string> lines, int width) =>
        lines.Sum(line => Math.Max(1, (VisibleLength(line) + width - 1) / Math.Max(width, 1)));

    /// <summary>Columns of a line without its colour sequences.</summary>
    internal static int VisibleLength(string line)
    {
        var length = 0;
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == '\e')
            {
                index = line.IndexOf('m', index);
            }
            else
            {
                length++;
            }
        }

        return length;
    }
}
