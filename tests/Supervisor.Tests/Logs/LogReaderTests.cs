using System.Text;
using CsCheck;
using Devoxx.Supervisor.Logs;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly LogFixture web, db;

    public LogReaderTests() => (web, db) = (new(directory, "web"), new(directory, "db"));

    public void Dispose()
    {
        web.Dispose();
        db.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void Reads_lines_of_both_streams_in_order()
    {
        web.Write(0, "one").Write(1, "two", "stderr").Write(2, "").Write(2, "  three ä ");
        Assert.Equal(["web:one", "web!two", "web:", "web:  three ä "], Read(new(), web));
    }

    [Fact]
    public void Reads_rotated_files_before_the_newest()
    {
        web.Write(0, "1").Rotate().Write(1, "2").Write(2, "3").Rotate().Write(3, "4");
        Assert.Equal(["web:1", "web:2", "web:3", "web:4"], Read(new(), web));
        web.Rotate();
        Assert.Equal(["web:1", "web:2", "web:3", "web:4"], Read(new(), web));
    }

    [Fact]
    public void Reads_rotated_files_in_the_order_of_their_numbers()
    {
        for (var i = 0; i < 12; i++)
        {
            web.Write(i, $"{i}").Rotate();
        }

        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"web:{i}"), Read(new(), web));
    }

    [Fact]
    public void Joins_the_pieces_of_a_line_even_across_streams_and_rotation()
    {
        web.Write(0, "a", tag: 'P').Write(1, "x", "stderr", 'P').Write(2, "b", tag: 'P').Rotate()
            .Write(3, "y", "stderr").Write(4, "c").Write(5, "d");
        Assert.Equal(["web!xy", "web:abc", "web:d"], Read(new(), web));
    }

    [Fact]
    public void Gives_a_line_that_was_begun_and_never_ended()
    {
        web.Write(0, "one").Write(1, "prompt> ", tag: 'P').Write(2, "half", "stderr", 'P');
        Assert.Equal(["web:one", "web:prompt> ", "web!half"], Read(new(), web));
        Assert.Equal(["web:prompt> ", "web!half"], Read(new() { Tail = 1 }, web)[^2..]);
    }

    [Fact]
    public void Gives_a_record_that_lacks_its_newline_but_not_one_that_lacks_its_head()
    {
        web.Write(0, "one").Raw($"{LogFixture.Time(1)} stdout F torn");
        Assert.Equal(["web:one", "web:torn"], Read(new(), web));
        db.Write(0, "one").Raw("2026-11-23T17:2");
        Assert.Equal(["db:one"], Read(new(), db));
    }

    [Fact]
    public void Shows_what_is_not_a_record_rather_than_losing_it()
    {
        web.Write(0, "one").Raw("something else\n\n").Write(1, "two");
        Assert.Equal(["web:one", "web:something else", "web:two"], Read(new(), web));
    }

    [Fact]
    public void Finds_nothing_where_there_is_no_log()
    {
        Assert.Empty(Read(new(), web));
        Assert.Empty(Read(new() { Tail = 3 }, web));
        Assert.Empty(LogReader.LastLines(directory["none/log"], 3));
    }

    [Fact]
    public void Bounds_by_time_both_inclusive()
    {
        for (var i = 0; i < 5; i++)
        {
            web.Write(i * 1000, $"{i}");
        }

        Assert.Equal(["web:1", "web:2", "web:3"], Read(new() { Since = LogFixture.At(1000), Until = LogFixture.At(3000) }, web));
        Assert.Equal(["web:4"], Read(new() { Since = LogFixture.At(3001) }, web));
        Assert.Equal(["web:0"], Read(new() { Until = LogFixture.At(999) }, web));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "7")]
    [InlineData(2, "6 7")]
    [InlineData(3, "5b 6 7")]
    [InlineData(5, "3 4 5b 6 7")]
    [InlineData(7, "1 2 3 4 5b 6 7")]
    [InlineData(100, "1 2 3 4 5b 6 7")]
    public void Tails_across_rotated_files_counting_pieces_once(int tail, string expected)
    {
        web.Write(1, "1").Write(2, "2").Rotate().Write(3, "3").Rotate().Write(4, "4").Write(5, "5", tag: 'P').Write(5, "b").Rotate()
            .Write(6, "6").Write(7, "7");
        Assert.Equal(expected, string.Join(' ', Read(new() { Tail = tail }, web)).Replace("web:", ""));
    }

    [Fact]
    public void Tails_lines_longer_than_a_block()
    {
        var line = new string('x', 300_000);
        web.Write(1, "1").Write(2, line + "2").Write(3, line + "3").Write(4, "4");
        Assert.Equal(["web:" + line + "3", "web:4"], Read(new() { Tail = 2 }, web));
        Assert.Equal(["web:" + line + "2", "web:" + line + "3", "web:4"], Read(new() { Tail = 3 }, web));
        Assert.Equal(4, Read(new() { Tail = 4 }, web).Count);
    }

    [Fact]
    public void Gives_the_last_lines_as_text()
    {
        web.Write(0, "one").Write(1, "two", "stderr").Write(2, "three");
        Assert.Equal(["two", "three"], LogReader.LastLines(web.Source.Path, 2));
    }

    [Fact]
    public void Merges_logs_in_the_order_of_time_keeping_each_one_s_own_order()
    {
        web.Write(0, "a").Write(2, "c").Write(2, "d").Write(9, "h").Write(5, "i");
        db.Write(1, "b").Write(3, "e").Write(3, "f").Write(4, "g");
        Assert.Equal(["web:a", "db:b", "web:c", "web:d", "db:e", "db:f", "db:g", "web:h", "web:i"], Read(new(), web, db));
    }

    [Fact]
    public void Merging_is_sorting_by_time()
    {
        Gen.Int[0, 30].Array[0, 40].Array[1, 6].Sample(
            logs =>
            {
                using var temporary = new TemporaryDirectory();
                var fixtures = logs.Select((_, i) => new LogFixture(temporary, $"c{i}")).ToArray();
                foreach (var (times, i) in logs.Select((times, i) => (times, i)))
                {
                    foreach (var time in times.Order())
                    {
                        fixtures[i].Write(time, $"{time:00}");
                    }
                }

                var read = Read(new(), fixtures);
                Array.ForEach(fixtures, fixture => fixture.Dispose());
                return read.Count == logs.Sum(times => times.Length)
                    && read.Select(line => line[^2..]).SequenceEqual(logs.SelectMany(times => times).Order().Select(time => $"{time:00}"))
                    && fixtures.All(fixture => read.Count(line => line.StartsWith(fixture.Source.Name + ":")) == logs[int.Parse(fixture.Source.Name[1..])].Length);
            },
            iter: 100);
    }

    // Whatever lengths, streams, pieces and rotations: every byte, once, in order; and any tail is the end of the whole.
    [Fact]
    public void Loses_and_repeats_nothing_whatever_the_log_is_like()
    {
        Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 9]).Array[1, 60].Sample(
            steps =>
            {
                using var temporary = new TemporaryDirectory();
                using var log = new LogFixture(temporary, "c");
                var expected = new List<string>();
                var begun = "";
                foreach (var ((length, kind), i) in steps.Select((step, i) => (step, i)))
                {
                    var text = $"{i}:{new string((char)('a' + i % 26), length)}";
                    switch (kind)
                    {
                        case 0:
                            log.Rotate();
                            break;
                        case 1:
                            log.Write(i, text, tag: 'P');
                            begun += text;
                            break;
                        default:
                            log.Write(i, text);
                            expected.Add($"c:{begun}{text}");
                            begun = "";
                            break;
                    }
                }

                if (begun.Length > 0)
                {
                    expected.Add($"c:{begun}");
                }

                return Read(new(), log).SequenceEqual(expected)
                    && Enumerable.Range(0, Math.Min(expected.Count, 5)).All(tail =>
                        Read(new() { Tail = tail }, log).SequenceEqual(expected.TakeLast(tail)));
            },
            iter: 200);
    }

    [Theory]
    [InlineData(false, "web | one\ndb | two\n", "web | oops\n")]
    [InlineData(true, "web | 2026-11-23T17:24:58.000000000Z one\ndb | 2026-11-23T17:24:58.002000000Z two\n", "web | 2026-11-23T17:24:58.001000000Z oops\n")]
    public void Prints_each_stream_where_it_belongs_with_prefix_and_time(bool timestamps, string stdout, string stderr)
    {
        web.Write(0, "one").Write(1, "oops", "stderr");
        db.Write(2, "two");
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        LogReader.Read([web.Source, db.Source], new(), new LogPrinter(output, errors, timestamps));
        Assert.Equal((stdout, stderr), (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray())));
    }

    [Fact]
    public void Prints_lines_that_are_larger_than_its_buffer_in_order()
    {
        var line = new string('x', 400_000);
        web.Write(0, "one").Write(1, line).Write(2, "two").Write(3, "e", "stderr").Write(4, "three");
        using var both = new MemoryStream();
        LogReader.Read([web.Source], new(), new LogPrinter(both, both));
        Assert.Equal($"web | one\nweb | {line}\nweb | two\nweb | e\nweb | three\n", Encoding.UTF8.GetString(both.ToArray()));
    }

    private static List<string> Read(LogQuery query, params LogFixture[] logs)
    {
        var sink = new Collected();
        LogReader.Read([.. logs.Select(log => log.Source)], query, sink);
        return sink.Lines;
    }
}
