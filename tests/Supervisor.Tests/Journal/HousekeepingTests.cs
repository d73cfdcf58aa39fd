using System.Text.Json;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

public sealed class HousekeepingTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Drops_old_history_shortly_after_the_start_and_says_so_in_the_log()
    {
        using var journal = JournalDatabase.Open(directory["journal.db"]);
        var old = DateTimeOffset.UtcNow.AddDays(-400);
        await journal.Writer.WriteAsync(statements =>
        {
            var payload = JsonSerializer.SerializeToUtf8Bytes(new Noted("long ago"), TestEventJson.Default.Noted);
            statements.InsertEvent(new EventRow("container-gone", 1, "container.created.v1", old.UtcTicks, payload, ";service=web;", 7301));
            statements.InsertEvent(new EventRow("container-gone", 2, "container.removed.v1", old.UtcTicks, payload, ";service=web;", 7301));
            statements.InsertEvent(new EventRow("container-here", 1, "container.created.v1", old.UtcTicks, payload, ";service=web;", 7301));
            return 0;
        });
        using var log = new StringWriter();
        var leaving = new TaskCompletionSource();
        var clock = new HastyClock();
        var error = Console.Error;
        Console.SetError(log);
        try
        {
            var housekeeping = JournalHousekeeping.RunAsync(journal, clock, leaving.Task);
            await clock.Waited.Task.WaitAsync(TimeSpan.FromSeconds(20));
            leaving.SetResult();
            await housekeeping.WaitAsync(TimeSpan.FromSeconds(20));
        }
        finally
        {
            Console.SetError(error);
        }

        Assert.Contains("journal: dropped 2 events", log.ToString());
        Assert.Equal(1, await journal.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr("container-here")));
    }

    /// <summary>The first wait is over at once; the second is a day, which nobody waits for.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private int waits;

        public TaskCompletionSource Waited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (Interlocked.Increment(ref waits) > 1)
            {
                Waited.TrySetResult();
                return System.CreateTimer(callback, state, dueTime, period);
            }

            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
