using Devoxx.Supervisor.Logs;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.Logs;

public sealed class LogFollowerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Collected sink = new();
    private readonly LogFixture web, db;

    public LogFollowerTests() => (web, db) = (new(directory, "web"), new(directory, "db"));

    public void Dispose()
    {
        stop.Dispose();
        web.Dispose();
        db.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Shows_what_there_is_then_what_comes()
    {
        web.Write(0, "old");
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        var running = Run(follower);
        await sink.HasLines(1);
        web.Write(1, "new");
        await sink.HasLines(2);
        web.Write(2, "newer", "stderr");
        await sink.HasLines(3);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:old", "web:new", "web!newer"], sink.Lines);
    }

    [Fact]
    public async Task Follows_a_log_that_is_yet_to_be_made_and_one_that_joins_later()
    {
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        var running = Run(follower);
        web.Write(0, "first");
        await sink.HasLines(1);
        db.Write(1, "before");
        follower.Add(db.Source);
        await sink.HasLines(2);
        db.Write(2, "after");
        await sink.HasLines(3);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:first", "db:before", "db:after"], sink.Lines);
    }

    [Fact]
    public async Task Shows_the_rest_of_a_log_that_leaves_and_ends_with_the_last()
    {
        web.Write(0, "a").Write(1, "begun", tag: 'P');
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        follower.Complete();
        var running = Run(follower);
        await sink.HasLines(1);
        Assert.False(running.IsCompleted);
        follower.Remove(web.Source);
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:a", "web:begun"], sink.Lines);
    }

    [Fact]
    public async Task Shows_what_comes_although_the_clock_was_set_back_meanwhile()
    {
        web.Write(0, "earlier").Write(2000, "old");
        using var follower = new LogFollower(new() { Since = LogFixture.At(1000) }, sink);
        follower.Add(web.Source);
        follower.Add(db.Source);
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        follower.AtEnd(web.Source, joined.SetResult);
        var running = Run(follower);
        await joined.Task.WaitAsync(TimeSpan.FromSeconds(10));
        web.Write(-3_600_000, "new");
        await sink.HasLines(2);
        db.Write(-3_600_000, "another");
        await sink.HasLines(3);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:old", "web:new", "db:another"], sink.Lines);
    }

    [Fact]
    public async Task Shows_only_the_tail_of_what_there_was()
    {
        web.Write(0, "1").Write(1, "2").Rotate().Write(2, "3");
        using var follower = new LogFollower(new() { Tail = 0 }, sink);
        follower.Add(web.Source);
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        follower.AtEnd(web.Source, joined.SetResult);
        var running = Run(follower);
        await joined.Task.WaitAsync(TimeSpan.FromSeconds(10));
        web.Write(3, "4").Rotate().Write(4, "5");
        await sink.HasLines(1);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain("web:2", sink.Lines);
        Assert.Equal("web:5", sink.Lines[^1]);
    }

    [Fact]
    public async Task Ends_at_the_time_given()
    {
        web.Write(0, "old");
        using var follower = new LogFollower(new() { Until = DateTimeOffset.UtcNow.AddMilliseconds(150) }, sink);
        follower.Add(web.Source);
        await Run(follower).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:old"], sink.Lines);
    }

    [Fact]
    public async Task Loses_nothing_across_rotation_however_fast_it_is_written()
    {
        const int lines = 20_000;
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        follower.Add(db.Source);
        var running = Run(follower);
        await Task.WhenAll(Task.Run(() => Flood(web)), Task.Run(() => Flood(db)));
        await sink.HasLines(2 * lines);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var name in (string[])["web", "db"])
        {
            Assert.Equal(Enumerable.Range(0, lines).Select(i => $"{name}:{i}"), sink.Lines.Where(line => line.StartsWith(name)));
        }

        static void Flood(LogFixture log)
        {
            for (var i = 0; i < lines; i++)
            {
                log.Write(i, $"{i}");
                if (i % 500 == 499)
                {
                    log.Rotate(maxFiles: 1000);
                }
            }
        }
    }

    [Fact]
    public async Task Goes_on_with_a_new_file_when_the_log_is_deleted_under_it_and_from_the_start_when_it_is_emptied()
    {
        web.Write(0, "1").Rotate().Write(1, "2");
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        var running = Run(follower);
        await sink.HasLines(2);
        File.Delete(web.Source.Path);
        using var again = new LogFixture(directory, "web");
        again.Write(2, "a longer line");
        await sink.HasLines(3);
        using (var file = new FileStream(web.Source.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        using var emptied = new LogFixture(directory, "web");
        emptied.Write(3, "4");
        await sink.HasLines(4);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["web:1", "web:2", "web:a longer line", "web:4"], sink.Lines);
    }

    [Fact]
    public async Task Stops_in_the_middle_of_a_flood()
    {
        using var endless = new CancellationTokenSource();
        using var follower = new LogFollower(new(), sink);
        follower.Add(web.Source);
        var running = Run(follower);
        var flood = Task.Run(() =>
        {
            for (var i = 0; !endless.IsCancellationRequested; i++)
            {
                web.Write(i % 1000, $"{i}");
                if (i % 10_000 == 0)
                {
                    web.Rotate(maxFiles: 3);
                }
            }
        });
        await sink.HasLines(1000);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        await endless.CancelAsync();
        await flood;
    }

    private Task Run(LogFollower follower) => Task.Factory.StartNew(() => follower.Run(stop.Token), TaskCreationOptions.LongRunning);
}
