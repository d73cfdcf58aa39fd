using System.Text.Json;
using Devoxx.Supervisor.EventLog;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Journal;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.EventLog;

public sealed class EventLogReaderTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory directory = new();
    private readonly JournalDatabase database;
    private readonly EventLogReader reader;
    private long next = 1;

    public EventLogReaderTests()
    {
        database = JournalDatabase.Open(directory["journal.db"]);
        reader = new EventLogReader(database.Path, TestEvents.Types);
    }

    public void Dispose()
    {
        reader.Dispose();
        database.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Reads_the_whole_history_in_the_order_in_which_it_was_written()
    {
        await Write(Noon, new Noted("c", "web"));
        await Write(Noon.AddHours(-1), new Noted("b", "web"), new Counted(1, "x"));
        Assert.Equal([1, 2, 3], reader.Read(new()).Select(record => record.Ordering));
        Assert.Equal([Noon, Noon.AddHours(-1), Noon.AddHours(-1)], reader.Read(new()).Select(record => record.Time));
        Assert.Equal(["test.noted", "test.noted", "test.counted"], reader.Read(new()).Select(record => record.Type));
    }

    [Fact]
    public async Task Reads_pages_without_losing_or_repeating_a_record()
    {
        for (var i = 0; i < 26; i++)
        {
            await Write(Noon, [.. Enumerable.Range(0, 100).Select(n => new Noted($"{i * 100 + n}"))]);
        }

        Assert.Equal(Enumerable.Range(0, 2600).Select(n => $"{n}"), reader.Read(new()).Select(record => ((Noted)record.Event!).Text));
    }

    [Theory]
    [InlineData("service=web", "1 2 5")]
    [InlineData("service=we", "")]
    [InlineData("service=web;container=shop-web-1", "1 2 5")]
    [InlineData("service=web service=db", "1 2 4 5")]
    [InlineData("container=shop-db-1", "4")]
    [InlineData("project=shop", "1 2 4 5")]
    [InlineData("project=shop service=db", "4")]
    [InlineData("type=test", "1 2 3 4 5")]
    [InlineData("type=test.counted", "3")]
    [InlineData("type=tes", "")]
    [InlineData("type=t*", "1 2 3 4 5")]
    [InlineData("event=counted", "3")]
    [InlineData("event=test.noted", "1 2 4 5")]
    [InlineData("event=counted event=noted service=db", "4")]
    [InlineData("volume=x", "")]
    public async Task Filters(string filters, string expected)
    {
        await Write(Noon, new Noted("1", "web"), new Noted("2", "web"), new Counted(3, "x"), new Noted("4", "db"), new Noted("5", "web"));
        var query = new EventQuery { Filters = [.. filters.Split(' ', ';').Select(EventFilter.Parse)] };
        Assert.Equal(expected, string.Join(' ', reader.Read(query).Select(record => record.Ordering)));
    }

    [Fact]
    public async Task Filters_by_values_that_have_the_separator_in_them()
    {
        await Write(Noon, new Noted("a", "we;b"), new Noted("b", "we"), new Noted("c", "we%3Bb"));
        Assert.Equal(["a"], Texts(new() { Filters = [new("service", "we;b")] }));
        Assert.Equal(["c"], Texts(new() { Filters = [new("service", "we%3Bb")] }));
        Assert.Equal("we;b", reader.Read(new()).First().Subject.Service);
    }

    [Theory]
    [InlineData("service", "filter 'service': expected KEY=VALUE")]
    [InlineData("=x", "filter '=x': expected KEY=VALUE")]
    [InlineData("colour=red", "there is no key 'colour'; there are project, service, container")]
    public void Refuses_a_filter_that_is_none(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => EventFilter.Parse(filter)).Message);

    [Fact]
    public async Task Bounds_by_time_both_inclusive()
    {
        for (var hour = 0; hour < 5; hour++)
        {
            await Write(Noon.AddHours(hour), new Noted($"{hour}"));
        }

        Assert.Equal(["1", "2", "3"], Texts(new() { Since = Noon.AddHours(1), Until = Noon.AddHours(3) }));
        Assert.Equal(["4"], Texts(new() { Since = Noon.AddHours(3).AddTicks(1) }));
        Assert.Equal(["0"], Texts(new() { Until = Noon.AddHours(1).AddTicks(-1) }));
    }

    [Fact]
    public async Task Tails_what_passes_the_filters()
    {
        await Write(Noon, new Noted("1", "web"), new Noted("2", "db"), new Noted("3", "web"), new Noted("4", "db"), new Noted("5", "db"));
        Assert.Equal(["1", "3"], Texts(new() { Tail = 2, Filters = [new("service", "web")] }));
        Assert.Equal(["5"], Texts(new() { Tail = 1 }));
        Assert.Empty(Texts(new() { Tail = 0 }));
        Assert.Equal(5, Texts(new() { Tail = 50 }).Count);
        Assert.Empty(Texts(new() { Tail = 2, Filters = [new("service", "none")] }));
    }

    [Fact]
    public async Task Writes_one_stable_object_a_line()
    {
        await Write(Noon.AddMilliseconds(123), new Noted("a \"b\" <c> ä\n", "web"));
        var line = reader.Read(new()).Single().ToJson();
        Assert.Equal(
            """{"ordering":1,"time":"2026-11-23T12:00:00.1230000Z","type":"test.noted","version":1,"project":"shop","service":"web","container":"shop-web-1","volume":null,"network":null,"image":null,"actor":"a","sequenceNr":1,"payload":{"text":"a \u0022b\u0022 \u003Cc\u003E \u00E4\n","service":"web"}}""",
            line);
        Assert.Equal("a \"b\" <c> ä\n", JsonDocument.Parse(line).RootElement.GetProperty("payload").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Writes_a_line_for_people_in_the_words_given_for_the_event()
    {
        await Write(Noon.AddMilliseconds(123), new Noted("hello", "web"), new Noted("hello"), new Counted(3, "me"));
        var time = Noon.AddMilliseconds(123).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff");
        Assert.Equal(
            [$"{time}  test.noted  shop-web-1  hello", $"{time}  test.noted  shop  hello", $"{time}  test.counted  3 by me"],
            reader.Read(new()).Select(record => record.ToText()));
    }

    [Fact]
    public async Task Reads_earlier_versions_and_shows_what_it_does_not_know()
    {
        await Insert(Noon, [new EventRow("a", 1, "test.counted.v1", Noon.UtcTicks, """{"number":"42"}"""u8.ToArray(), null, 7301)]);
        await Insert(Noon, [new EventRow("a", 2, "future.thing.v3", Noon.UtcTicks, """{"x":1}"""u8.ToArray(), null, 7301)]);
        var records = reader.Read(new()).ToList();
        Assert.Equal(new Counted(42, "nobody"), records[0].Event);
        Assert.EndsWith("test.counted  42 by nobody", records[0].ToText());
        Assert.Null(records[1].Event);
        Assert.EndsWith("future.thing  {\"x\":1}", records[1].ToText());
        Assert.Equal(("future.thing", 3, 1), (records[1].Type, records[1].Version, records[1].Payload.GetProperty("x").GetInt32()));
    }

    [Fact]
    public void Finds_no_events_where_there_is_no_journal_and_makes_none()
    {
        using var nothing = new EventLogReader(directory["none/journal.db"], TestEvents.Types);
        Assert.Empty(nothing.Read(new()));
        Assert.Empty(nothing.Read(new() { Tail = 0 }));
        Assert.False(Directory.Exists(directory["none"]));
    }

    [Fact]
    public async Task Reads_what_a_closed_journal_holds()
    {
        await Write(Noon, new Noted("kept"));
        database.Dispose();
        Assert.Equal(["kept"], Texts(new()));
    }

    [Fact]
    public void Says_that_a_file_is_no_journal()
    {
        File.WriteAllText(directory["text.db"], new string('x', 5000));
        using var wrong = new EventLogReader(directory["text.db"], TestEvents.Types);
        Assert.Contains("not a SQLite database", Assert.Throws<JournalException>(() => wrong.Read(new()).ToList()).Message);
    }

    [Fact]
    public async Task Follows_what_is_written_while_it_reads_and_ends_when_it_is_cancelled()
    {
        await Write(Noon, new Noted("0", "web"));
        using var stop = new CancellationTokenSource();
        var seen = new List<string>();
        var following = Task.Run(async () =>
        {
            await foreach (var record in reader.Follow(new() { Filters = [new("service", "web")] }, stop.Token))
            {
                seen.Add(((Noted)record.Event!).Text);
                if (seen.Count == 201)
                {
                    await stop.CancelAsync();
                }
            }
        });
        for (var i = 1; i <= 200; i++)
        {
            await Write(Noon, new Noted($"{i}", "web"), new Noted($"{i}", "db"));
        }

        await following.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(Enumerable.Range(0, 201).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task Follows_one_event_at_a_time_each_within_moments_of_its_commit()
    {
        await using var following = reader.Follow(new() { Tail = 0 }).GetAsyncEnumerator();
        for (var i = 0; i < 50; i++)
        {
            var move = following.MoveNextAsync().AsTask();
            Assert.False(move.IsCompleted);
            await Write(Noon, new Noted($"{i}"));
            Assert.True(await move.WaitAsync(TimeSpan.FromSeconds(10)));
            Assert.Equal($"{i}", ((Noted)following.Current.Event!).Text);
        }
    }

    [Fact]
    public async Task Follows_a_journal_that_is_yet_to_be_made()
    {
        using var early = new EventLogReader(directory["later/journal.db"], TestEvents.Types);
        await using var following = early.Follow(new()).GetAsyncEnumerator();
        var move = following.MoveNextAsync().AsTask();
        using (var made = JournalDatabase.Open(directory["later/journal.db"]))
        {
            await made.Writer.WriteAsync(statements =>
            {
                statements.InsertEvent(Row(1, Noon, new Noted("first")));
                return 0;
            });
            Assert.True(await move.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.Equal("first", ((Noted)following.Current.Event!).Text);
    }

    [Fact]
    public async Task Ends_following_at_the_time_given()
    {
        await Write(DateTimeOffset.UtcNow, new Noted("now"));
        var count = 0;
        await foreach (var record in reader.Follow(new() { Until = DateTimeOffset.UtcNow.AddMilliseconds(200) }))
        {
            Assert.Equal("now", ((Noted)record.Event!).Text);
            count++;
        }

        Assert.Equal(1, count);
    }

    private List<string> Texts(EventQuery query) => [.. reader.Read(query).Select(record => ((Noted)record.Event!).Text)];

    private Task Write(DateTimeOffset time, params IEvent[] events) => Insert(time, [.. events.Select(happened => Row(next++, time, happened))]);

    private Task Insert(DateTimeOffset time, EventRow[] rows) => database.Writer.WriteAsync(statements =>
    {
        foreach (var row in rows)
        {
            statements.InsertEvent(row);
        }

        return 0;
    });

    private static EventRow Row(long number, DateTimeOffset time, IEvent happened)
    {
        var type = TestEvents.Types.Of(happened);
        return new EventRow("a", number, type.Manifest, time.UtcTicks, JsonSerializer.SerializeToUtf8Bytes(happened, type.Json), happened.Subject.ToTags(), 7301);
    }
}
