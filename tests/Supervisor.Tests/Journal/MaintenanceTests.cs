using System.Text.Json;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

public sealed class MaintenanceTests : IDisposable
{
    private const int PageSize = 4096;
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 17, 24, 58, TimeSpan.Zero);
    private readonly TemporaryDirectory directory = new();

    private string Db => directory["journal.db"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Finds_nothing_wrong_with_a_sound_journal_while_it_is_open()
    {
        using var database = JournalDatabase.Open(Db);
        await Fill(database, actors: 3, each: 20);
        var report = JournalCheck.Run(Db, TestEvents.Types);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        Assert.Equal((60L, 3L, 0L), (report.Events, report.Actors, report.Snapshots));
        Assert.Equal((Now, Now.AddSeconds(19)), (report.Oldest, report.Newest));
        Assert.InRange(report.Size, 1, 10 << 20);
    }

    [Fact]
    public async Task Finds_holes_payloads_that_cannot_be_read_and_damaged_pages()
    {
        using (var database = JournalDatabase.Open(Db))
        {
            await Fill(database, actors: 4, each: 500);
            await Sql(database, "DELETE FROM event_journal WHERE persistence_id = 'actor-0' AND sequence_nr BETWEEN 3 AND 5");
            await Sql(database, "UPDATE event_journal SET manifest = 'test.noted.v7' WHERE persistence_id = 'actor-1' AND sequence_nr = 2");
            await Sql(database, "UPDATE event_journal SET payload = CAST('{\"text\":' AS BLOB) WHERE persistence_id = 'actor-1' AND sequence_nr = 3");
        }

        var findings = JournalCheck.Run(Db, TestEvents.Types).Findings;
        Assert.Equal(3, findings.Length);
        Assert.Contains("actor actor-0: events 3 to 5 are missing, and no snapshot stands for them", findings);
        Assert.Contains("actor actor-1: event 2: 'test.noted.v7' is not a payload that this devoxx-compose knows", findings);
        Assert.Contains(findings, finding => finding.StartsWith("actor actor-1: event 3: 'test.noted.v1'"));

        Damage();
        Assert.Contains(JournalCheck.Run(Db, TestEvents.Types).Findings, finding => finding.Contains("database:") || finding.Contains("damaged"));
    }

    [Fact]
    public void Says_that_there_is_no_journal_to_check() =>
        Assert.Contains("there is none", Assert.Throws<JournalException>(() => JournalCheck.Run(Db, TestEvents.Types)).Message);

    [Fact]
    public async Task Backs_up_a_journal_that_is_open_and_the_backup_opens_in_its_place()
    {
        using var database = JournalDatabase.Open(Db);
        await Fill(database, actors: 2, each: 50);
        JournalBackup.Run(Db, directory["copy.db"]);
        await Fill(database, actors: 1, each: 10, prefix: "later");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["copy.db"]));
        Assert.Equal(100, JournalCheck.Run(directory["copy.db"], TestEvents.Types).Events);
        using var copy = JournalDatabase.Open(directory["copy.db"]);
        Assert.Equal(50, await copy.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr("actor-1")));
        Assert.Contains("not written over", Assert.Throws<JournalException>(() => JournalBackup.Run(Db, directory["copy.db"])).Message);
    }

    [Fact]
    public async Task Says_that_a_backup_has_no_space_and_leaves_no_part_of_it()
    {
        using var small = new SmallFileSystem("16k");
        using var database = JournalDatabase.Open(Db);
        await Fill(database, actors: 2, each: 500);
        var failure = Assert.Throws<JournalException>(() => JournalBackup.Run(Db, Path.Combine(small.Path, "copy.db")));
        Assert.Contains($"no space left on the file system of {small.Path}", failure.Message);
        Assert.Empty(Directory.GetFiles(small.Path));
    }

    [Fact]
    public async Task Repairs_a_damaged_journal_into_one_without_holes_and_keeps_the_damaged_one()
    {
        using (var database = JournalDatabase.Open(Db))
        {
            await Fill(database, actors: 10, each: 300);
        }

        Damage();
        Assert.Throws<JournalException>(() => OpenUnclean());
        var report = JournalRepair.Run(Db, Now);

        Assert.Equal([Db], Directory.GetFiles(directory.Path, "journal.db*").Where(file => !file.Contains("damaged")));
        Assert.True(report.IsReplaced);
        Assert.Equal(Db + ".damaged-20261123T172458Z", report.Damaged);
        Assert.True(File.Exists(report.Damaged));
        Assert.InRange(report.Kept, 50, 2999);
        Assert.InRange(report.Dropped, 1, 2950);
        Assert.InRange(report.Unreadable, 1, 2900);
        Assert.Contains($"{report.Unreadable} events could not be read", report.Notes);
        var check = JournalCheck.Run(Db, TestEvents.Types);
        Assert.True(check.IsSound, string.Join('\n', check.Findings));
        Assert.Equal(report.Kept, check.Events);

        // Each actor goes on behind the last event that could be read, though it had to be dropped.
        using var repaired = JournalDatabase.Open(Db);
        Assert.InRange(await repaired.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr("actor-9")), 280, 300);
    }

    [Fact]
    public async Task Repairs_a_sound_journal_into_the_same_with_its_snapshots_and_orderings()
    {
        using (var database = JournalDatabase.Open(Db))
        {
            await Fill(database, actors: 2, each: 10);
            await Snapshot(database, "actor-0", 8, Now);
            await Sql(database, "DELETE FROM event_journal WHERE persistence_id = 'actor-0' AND sequence_nr < 5");
        }

        var before = Dump();
        var report = JournalRepair.Run(Db, Now);
        Assert.Equal((16L, 0L, 0L), (report.Kept, report.Unreadable, report.Dropped));
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void Changes_nothing_when_nothing_can_be_read_unless_it_is_told_to()
    {
        File.WriteAllText(Db, new string('x', 10_000));
        var report = JournalRepair.Run(Db, Now);
        Assert.False(report.IsReplaced);
        Assert.Contains("nothing could be read, and nothing was changed", report.Notes[^1]);
        Assert.Equal([Db], Directory.GetFiles(directory.Path));

        Assert.True(JournalRepair.Run(Db, Now, evenEmpty: true).IsReplaced);
        JournalDatabase.Open(Db).Dispose();
        Assert.Equal(10_000, new FileInfo(Db + ".damaged-20261123T172458Z").Length);
    }

    [Fact]
    public async Task Drops_history_that_nothing_needs_and_nothing_else()
    {
        using var database = JournalDatabase.Open(Db);
        await Fill(database, actors: 3, each: 100, at: Now.AddDays(-40));
        await Fill(database, actors: 1, each: 100, at: Now.AddDays(-1), prefix: "young");

        // 0: a snapshot stands for 1 to 90; 1: came to its end long ago; 2: neither; young-0: came to its end yesterday.
        await Snapshot(database, "actor-0", 50, Now.AddDays(-40));
        await Snapshot(database, "actor-0", 90, Now.AddDays(-39));
        await Snapshot(database, "actor-1", 10, Now.AddDays(-40));
        await Sql(database, "UPDATE event_journal SET manifest = 'test.ended.v1' WHERE sequence_nr = 100 AND persistence_id IN ('actor-1', 'young-0')");

        var trim = await database.TrimAsync(new JournalRetention(TimeSpan.FromDays(30), ["test.ended.v1"], []), Now);

        Assert.Equal((190L, 2L, 1L), (trim.Events, trim.Snapshots, trim.Actors));
        Assert.Equal("actor-0:91-100 actor-2:1-100 young-0:1-100", await Ranges(database));
        Assert.Equal((long[])[100, 0, 100], await Highest(database, "actor-0", "actor-1", "actor-2"));
        Assert.True(JournalCheck.Run(Db, TestEvents.Types).Findings.All(finding => finding.Contains("test.ended.v1")));
        Assert.True((await database.TrimAsync(new JournalRetention(TimeSpan.FromDays(30), ["test.ended.v1"], []), Now)).IsNothing);
    }

    [Fact]
    public async Task Keeps_the_numbers_of_an_actor_whose_name_may_come_again()
    {
        using var database = JournalDatabase.Open(Db);
        await Fill(database, actors: 1, each: 5, at: Now.AddDays(-40));
        await Sql(database, "UPDATE event_journal SET manifest = 'test.rested.v1' WHERE sequence_nr = 5");
        var trim = await database.TrimAsync(new JournalRetention(TimeSpan.FromDays(30), [], ["test.rested.v1"]), Now);
        Assert.Equal((5L, 1L), (trim.Events, trim.Actors));
        Assert.Equal((long[])[5], await Highest(database, "actor-0"));
    }

    [Fact]
    public void Trims_by_manifests_that_there_are()
    {
        var retention = JournalHousekeeping.Retention(30);
        Assert.All(retention.Ends.Concat(retention.Rests), manifest => Assert.True(EventCatalog.Types.TryFind(manifest, out _), manifest));
    }

    private void OpenUnclean()
    {
        File.WriteAllText(Db + "-wal", "the log of a process that was killed");
        JournalDatabase.Open(Db).Dispose();
    }

    // Pages in the middle of the file, so that of several tables and indexes.
    private void Damage()
    {
        using var file = new FileStream(Db, FileMode.Open, FileAccess.ReadWrite);
        var random = new Random(5);
        var junk = new byte[PageSize];
        for (var page = 12; page < file.Length / PageSize; page += 9)
        {
            random.NextBytes(junk);
            file.Seek((long)page * PageSize, SeekOrigin.Begin);
            file.Write(junk);
        }
    }

    private static Task Fill(JournalDatabase database, int actors, int each, DateTimeOffset? at = null, string prefix = "actor") =>
        database.Writer.WriteAsync(statements =>
        {
            for (var number = 1; number <= each; number++)
            {
                for (var actor = 0; actor < actors; actor++)
                {
                    var payload = JsonSerializer.SerializeToUtf8Bytes(new Noted($"{actor} {number} {new string('x', 100)}"), TestEventJson.Default.Noted);
                    statements.InsertEvent(new EventRow($"{prefix}-{actor}", number, "test.noted.v1", (at ?? Now).AddSeconds(number - 1).UtcTicks, payload, ";service=web;", 7301));
                }
            }

            return 0;
        });

    private static Task Snapshot(JournalDatabase database, string actor, long number, DateTimeOffset at) =>
        database.Writer.WriteAsync(statements =>
        {
            statements.SaveSnapshot(new SnapshotRow(actor, number, at.UtcTicks, "test.remembered.v1", """{"text":"x"}"""u8.ToArray(), 7301));
            return 0;
        });

    private static Task Sql(JournalDatabase database, string sql) => database.Writer.WriteAsync(statements => statements.Execute(sql));

    private static async Task<long[]> Highest(JournalDatabase database, params string[] actors) =>
        await Task.WhenAll(actors.Select(actor => database.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr(actor))));

    private Task<string> Ranges(JournalDatabase database) => database.Writer.ReadAfterWritesAsync(_ => Text(
        "SELECT group_concat(r, ' ') FROM (SELECT persistence_id || ':' || min(sequence_nr) || '-' || max(sequence_nr) AS r FROM event_journal GROUP BY persistence_id ORDER BY 1)"));

    private string Dump() => Text("""
        SELECT (SELECT group_concat(ordering || ' ' || persistence_id || ' ' || sequence_nr || ' ' || hex(payload) || tags || timestamp, char(10)) FROM event_journal)
          || (SELECT group_concat(persistence_id || sequence_nr || created_at || hex(payload), char(10)) FROM snapshot)
        """);

    private string Text(string sql)
    {
        using var connection = JournalDatabase.Connect(Db, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)command.ExecuteScalar()!;
    }
}
