using System.Text;
using Devoxx.Runtime.Monitor;

namespace Devoxx.Runtime.Tests.Monitor;

public sealed class LogFormatterTests
{
    [Theory]
    [InlineData("a\nb\n", false, 2, true)]
    [InlineData("\n", false, 1, true)]
    [InlineData("ab", false, 2, false)]
    [InlineData("ab", true, 0, false)]
    public void A_piece_ends_at_its_newline(string input, bool more, int length, bool whole)
    {
        Assert.Equal(length, LogFormatter.NextPiece(Encoding.ASCII.GetBytes(input), more, out var isWhole));
        Assert.Equal(whole, isWhole);
    }

    [Theory]
    [InlineData(16 * 1024, 16 * 1024 + 1, true)]
    [InlineData(16 * 1024 + 1, 16 * 1024, false)]
    [InlineData(100_000, 16 * 1024, false)]
    public void A_piece_has_at_most_16_KiB(int text, int length, bool whole)
    {
        var input = Encoding.ASCII.GetBytes(new string('x', text) + "\n");
        Assert.Equal(length, LogFormatter.NextPiece(input, more: true, out var isWhole));
        Assert.Equal(whole, isWhole);
    }

    [Theory]
    [InlineData("text\n", true, "T stdout F text\n")]
    [InlineData("text", false, "T stdout P text\n")]
    [InlineData("\n", true, "T stdout F \n")]
    public void A_line_says_when_where_and_whether_it_is_whole(string piece, bool whole, string line)
    {
        var target = new byte[100];
        var length = LogFormatter.Write(target, "T"u8, "stdout"u8, Encoding.ASCII.GetBytes(piece), whole);
        Assert.Equal(line, Encoding.ASCII.GetString(target, 0, length));
    }

    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(1795454698, 123456789, "2026-11-23T17:24:58.123456789Z")]
    [InlineData(951782400, 5, "2000-02-29T00:00:00.000000005Z")]
    public void The_clock_has_nanoseconds(long seconds, long nanoseconds, string text) =>
        Assert.Equal(text, Encoding.ASCII.GetString(new LogClock().Format(seconds, nanoseconds)));

    [Fact]
    public void Whatever_the_output_is_its_pieces_are_it_again()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var input = new byte[random.Next(40_000)];
            random.NextBytes(input);
            var output = new List<byte>();
            for (var at = 0; at < input.Length;)
            {
                var length = LogFormatter.NextPiece(input.AsSpan(at), more: false, out var whole);
                Assert.InRange(length, 1, LogFormatter.LongestPiece + 1);
                Assert.Equal(whole, input[at + length - 1] == '\n');
                output.AddRange(input.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(input, output);
        }
    }
}
