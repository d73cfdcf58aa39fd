using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class ProgressBoardTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero);
    private readonly ProgressBoard board = new("Running", unicode: true, colour: false);

    private void At(double seconds, string name, string status, bool done = false, bool failed = false, string? detail = null) =>
        board.Update(new Progress("Container", name, status, detail, done, failed), Start.AddSeconds(seconds));

    private string Show(int width, int height = 24, double seconds = 1.2) => string.Join('\n', board.Render(width, height, Start.AddSeconds(seconds)));

    [Fact]
    public void Shows_a_line_per_thing_in_the_order_of_first_mention()
    {
        At(0, "shop-db-1", "Creating");
        At(0.25, "shop-web-1", "Creating");
        At(0.75, "shop-db-1", "Started", done: true);
        Assert.Equal(
            """
            [+] Running 1/2
             ✔ Container shop-db-1   Started                  0.8s
             ⠋ Container shop-web-1  Creating                 1.0s
            """,
            Show(54, seconds: 1.25));
    }

    [Fact]
    public void The_time_of_a_thing_that_is_done_stands_still()
    {
        At(0, "a", "Started", done: true);
        Assert.Equal(Show(40, seconds: 1), Show(40, seconds: 90));
    }

    [Fact]
    public void A_thing_that_begins_again_counts_as_open_again()
    {
        At(0, "a", "Created", done: true);
        At(1, "a", "Starting");
        Assert.StartsWith("[+] Running 0/1", Show(40));
    }

    [Fact]
    public void Shows_what_failed_and_why()
    {
        At(0, "a", "Error", done: true, failed: true, detail: "no such image");
        Assert.Contains(" ✘ Container a  Error no such image ", Show(60));
    }

    [Fact]
    public void Shows_how_much_of_a_download_is_there()
    {
        board.Update(new Progress("Image", "redis:7", "Pulling", Current: 1_500_000, Total: 30_000_000), Start);
        Assert.Contains("Image redis:7  Pulling 1.5MB/30MB", Show(60));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(79)]
    [InlineData(40)]
    [InlineData(25)]
    [InlineData(12)]
    [InlineData(3)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        At(0, "a-project-with-a-long-name-the-service-1", "Starting");
        At(0, "b", "Waiting", detail: "for the database to become healthy, which takes as long as it takes");
        Assert.All(board.Render(width, 24, Start.AddSeconds(100)), line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));
    }

    [Fact]
    public void On_a_narrow_terminal_the_detail_gives_way_before_the_status()
    {
        At(0, "shop-web-1", "Waiting", detail: "for the database to become healthy");
        Assert.Contains("Waiting (for the … 1.2s", Show(48));
    }

    [Fact]
    public void On_a_short_terminal_what_is_done_gives_way_to_what_is_not()
    {
        for (var index = 1; index <= 9; index++)
        {
            At(0, $"c{index}", index is 2 or 8 ? "Starting" : "Started", done: index is not (2 or 8));
        }

        Assert.Equal(
            """
            [+] Running 7/9
             ⠙ Container c2  Starting                     0.1s
             ⠙ Container c8  Starting                     0.1s
             ✔ Container c9  Started                      0.0s
             ... 6 more
            """,
            Show(50, height: 5, seconds: 0.125));
    }

    [Fact]
    public void Without_unicode_draws_in_ascii()
    {
        var ascii = new ProgressBoard("Running", unicode: false, colour: false);
        ascii.Update(new Progress("Container", "a", "Started", Done: true), Start);
        ascii.Update(new Progress("Container", "b", "Starting"), Start);
        ascii.Update(new Progress("Container", "c", "Error", Done: true, Failed: true), Start);
        Assert.All(ascii.Render(30, 24, Start), line => Assert.True(line.All(char.IsAscii), line));
    }

    [Fact]
    public void Colours_do_not_count_as_width()
    {
        var coloured = new ProgressBoard("Running", unicode: true, colour: true);
        coloured.Update(new Progress("Container", "a", "Started", Done: true), Start);
        var line = coloured.Render(40, 24, Start)[1];
        Assert.Equal(40, TtyProgress.VisibleLength(line));
        Assert.Contains("\e[32m✔\e[0m", line);
    }

    [Theory]
    [InlineData(80, 2)]
    [InlineData(40, 3)]
    [InlineData(20, 4)]
    public void Counts_the_rows_that_drawn_lines_take_after_the_terminal_became_narrower(int width, int rows) =>
        Assert.Equal(rows, TtyProgress.RowsOf([new string('a', 60), "\e[32mshort\e[0m"], width));
}
