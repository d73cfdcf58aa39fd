using System.Text;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class ProgressRendererTests
{
    [Fact]
    public void Plain_is_one_line_for_each_change_of_status()
    {
        var text = new StringWriter { NewLine = "\n" };
        using var plain = new PlainProgress(text);
        plain.Report(new Progress("Container", "shop-web-1", "Creating"));
        plain.Report(new Progress("Container", "shop-web-1", "Creating"));
        plain.Report(new Progress("Container", "shop-web-1", "Recreate", "its image changed"));
        plain.Report(new Progress("Container", "shop-web-1", "Started", Done: true));
        Assert.Equal(
            """
             Container shop-web-1  Creating
             Container shop-web-1  Recreate (its image changed)
             Container shop-web-1  Started

            """,
            text.ToString());
    }

    [Fact]
    public void Plain_says_why_where_it_matters_only()
    {
        var text = new StringWriter { NewLine = "\n" };
        using var plain = new PlainProgress(text);
        plain.Report(new Progress("Container", "a", "Creating", "there is none yet"));
        plain.Report(new Progress("Container", "a", "Error", "no such file:\n/x", Done: true, Failed: true));
        Assert.Equal(" Container a  Creating\n Container a  Error no such file: /x\n", text.ToString());
    }

    [Fact]
    public void Plain_does_not_repeat_a_download_for_every_piece()
    {
        var text = new StringWriter { NewLine = "\n" };
        using var plain = new PlainProgress(text);
        for (var bytes = 0; bytes < 10; bytes++)
        {
            plain.Report(new Progress("Image", "redis:7", "Pulling", $"{bytes} of 10", Current: bytes, Total: 10));
        }

        Assert.Equal(" Image redis:7  Pulling 0 of 10\n", text.ToString());
    }

    [Fact]
    public void Json_has_the_names_of_the_reference()
    {
        var stream = new MemoryStream();
        using var json = new JsonProgress(stream);
        json.Report(new Progress("Container", "shop-web-1", "Starting"));
        json.Report(new Progress("Image", "redis:7", "Pulled", "\"new\" & <fresh>", Done: true, Current: 5, Total: 5));
        json.Report(new Progress("Container", "a", "Error", Done: true, Failed: true));
        Assert.Equal(
            """
            {"id":"Container shop-web-1","status":"Working","text":"Starting"}
            {"id":"Image redis:7","status":"Done","text":"Pulled","details":"\"new\" & <fresh>","current":5,"total":5}
            {"id":"Container a","status":"Error","text":"Error"}

            """,
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_live_display_leaves_its_last_picture_and_the_cursor_below_it()
    {
        var text = new StringWriter { NewLine = "\n" };
        using (var tty = new TtyProgress(text, Run.NoTerminal with { Size = static () => (40, 10) }, "Running", colour: false))
        {
            tty.Report(new Progress("Container", "a", "Started", Done: true));
        }

        Assert.EndsWith($"[+] Running 1/1{Ansi.EraseToEndOfLine}\n ✔ Container a  Started            0.0s{Ansi.EraseToEndOfLine}\n{Ansi.EraseBelow}{Ansi.ShowCursor}", text.ToString());
    }

    [Fact]
    public void Other_lines_go_above_a_live_display()
    {
        var text = new StringWriter { NewLine = "\n" };
        using var drawn = new ManualResetEventSlim();
        using var tty = new TtyProgress(text, Run.NoTerminal with { Size = () => { drawn.Set(); return (40, 10); } }, "Running", colour: false);
        tty.Report(new Progress("Container", "a", "Starting"));
        Assert.True(drawn.Wait(TimeSpan.FromSeconds(20)));
        tty.Above(() => text.Write("a log line\n"));
        Assert.Contains($"\r\e[2A{Ansi.EraseBelow}a log line\n{Ansi.HideCursor}\r[+] Running 0/1", text.ToString());
    }

    [Theory]
    [InlineData("en_US.UTF-8", null, null, true)]
    [InlineData("C", null, "en_US.UTF-8", false)]
    [InlineData(null, "de_DE.utf8", "C", true)]
    [InlineData(null, null, null, false)]
    [InlineData("", "", "C.UTF-8", true)]
    public void The_locale_decides_by_the_order_of_setlocale(string? all, string? type, string? lang, bool utf8) =>
        Assert.Equal(utf8, TerminalTraits.LocaleIsUtf8(name => name switch { "LC_ALL" => all, "LC_CTYPE" => type, _ => lang }));
}
