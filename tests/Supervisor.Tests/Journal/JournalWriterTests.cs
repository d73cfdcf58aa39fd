using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

public sealed class JournalWriterTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly JournalDatabase database;

    public JournalWriterTests() => database = JournalDatabase.Open(directory["journal.db"]);

    public void Dispose()
    {
        database.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Commits_what_queued_up_during_a_transaction_in_one_transaction()
    {
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = database.Writer.WriteAsync(_ =>
        {
            entered.Set();
            go.Wait();
            return 0;
        });
        entered.Wait();
        var before = database.Commits;
        var others = Enumerable.Range(0, 100).Select(i => Append($"actor-{i}", 1)).ToArray();
        go.Set();

        await first;
        await Task.WhenAll(others);

        Assert.Equal(before + 2, database.Commits);
        Assert.Equal(100, await Count());
    }

    [Fact]
    public async Task Fails_only_the_request_that_is_wrong_among_those_committed_together()
    {
        await Append("a", 1);
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var gate = database.Writer.WriteAsync(_ =>
        {
            entered.Set();
            go.Wait();
            return 0;
        });
        entered.Wait();
        Task[] requests = [Append("b", 1), Append("a", 1), Append("c", 1)];
        go.Set();
        await gate;

        await requests[0];
        var failure = await Assert.ThrowsAsync<JournalException>(() => requests[1]);
        Assert.Contains("UNIQUE", failure.Message);
        await requests[2];
        Assert.Equal(3, await Count());
    }

    [Fact]
    public async Task Undoes_all_of_a_request_that_fails_half_way()
    {
        await Append("a", 2);
        await Assert.ThrowsAsync<JournalException>(() => database.Writer.WriteAsync(statements =>
        {
            statements.InsertEvent(Row("a", 1));
            statements.InsertEvent(Row("a", 2));
            return 0;
        }));
        Assert.Equal(1, await Count());
    }

    [Fact]
    public async Task Goes_on_after_a_request_that_throws()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Writer.WriteAsync<int>(_ => throw new InvalidOperationException()));
        await Append("a", 1);
        Assert.Equal(1, await Count());
    }

    [Fact]
    public async Task Reads_behind_the_writes_under_way()
    {
        using var go = new ManualResetEventSlim();
        var gate = database.Writer.WriteAsync(_ =>
        {
            go.Wait();
            return 0;
        });
        var write = Append("a", 7);
        var highest = database.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr("a"));
        go.Set();
        await Task.WhenAll(gate, write);
        Assert.Equal(7, await highest);
    }

    [Fact]
    public async Task Finishes_what_was_asked_for_before_it_closes_and_refuses_the_rest()
    {
        var writes = Enumerable.Range(0, 50).Select(i => Append("a", i + 1)).ToArray();
        database.Dispose();
        await Task.WhenAll(writes);
        Assert.Contains("is closed", (await Assert.ThrowsAsync<JournalException>(() => Append("a", 51))).Message);

        using var again = JournalDatabase.Open(directory["journal.db"]);
        Assert.False(again.WasUnclean);
        Assert.Equal(50, await again.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr("a")));
    }

    [Fact]
    public async Task Keeps_the_write_ahead_log_small_while_it_is_written_to_for_long()
    {
        var payload = new byte[4096];
        for (var i = 0; i < 250; i++)
        {
            await database.Writer.WriteAsync(statements =>
            {
                for (var j = 0; j < 100; j++)
                {
                    statements.InsertEvent(Row("a", i * 100 + j + 1) with { Payload = payload });
                }

                return 0;
            });
        }

        // 100 MB of payload went through it.
        await database.Checkpointed;
        Assert.InRange(new FileInfo(directory["journal.db-wal"]).Length, 1, 50 << 20);
        Assert.InRange(new FileInfo(directory["journal.db"]).Length, 50 << 20, 200 << 20);
    }

    private Task Append(string id, long number) => database.Writer.WriteAsync(statements =>
    {
        statements.InsertEvent(Row(id, number));
        return 0;
    });

    private Task<int> Count() => database.Writer.ReadAfterWritesAsync(statements => statements.Execute("UPDATE event_journal SET is_deleted = 0"));

    private static EventRow Row(string id, long number) => new(id, number, "test.noted.v1", DateTime.UtcNow.Ticks, "{}"u8.ToArray(), null, 7301);
}
