using System.Collections.Immutable;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// How much history is kept. An event goes only when nothing needs it: when its actor has a newer snapshot, or has come to
/// its end.
/// </summary>
/// <param name="Keep">Events younger than this stay.</param>
/// <param name="Ends">Manifests of an actor's last event (<c>container.removed.v1</c>) whose name never comes again: all of it goes.</param>
/// <param name="Rests">The same of one whose name may come again: its events go, its sequence numbers stay used.</param>
public sealed record JournalRetention(TimeSpan Keep, ImmutableArray<string> Ends, ImmutableArray<string> Rests);

/// <summary>What was dropped.</summary>
/// <param name="Before">Only what was written before this time.</param>
/// <param name="Actors">Actors of which no event is left.</param>
public sealed record JournalTrim(DateTimeOffset Before, long Events, long Snapshots, long Actors)
{
    /// <summary>Whether there was anything to drop.</summary>
    public bool IsNothing => Events + Snapshots + Actors == 0;

    /// <summary>For the log.</summary>
    public override string ToString() =>
        $"dropped {Events} events and {Snapshots} snapshots from before {Before.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, with all of {Actors} actors that had come to their end";
}

/// <summary>Drops history, in one transaction.</summary>
internal static class JournalTrimmer
{
    public static JournalTrim Trim(WriterStatements statements, JournalRetention retention, DateTimeOffset now)
    {
        var before = now - retention.Keep;
        statements.Execute("CREATE TEMP TABLE IF NOT EXISTS gone (persistence_id TEXT PRIMARY KEY, highest INTEGER NOT NULL)");
        var ended = Choose(statements, retention.Ends, before);
        var events = statements.Execute("DELETE FROM event_journal WHERE persistence_id IN (SELECT persistence_id FROM gone)");
        var snapshots = statements.Execute("DELETE FROM snapshot WHERE persistence_id IN (SELECT persistence_id FROM gone)");
        statements.Execute("DELETE FROM journal_metadata WHERE persistence_id IN (SELECT persistence_id FROM gone)");

        var resting = Choose(statements, retention.Rests, before);
        KeepNumbers(statements);
        events += statements.Execute("DELETE FROM event_journal WHERE persistence_id IN (SELECT persistence_id FROM gone)");
        snapshots += statements.Execute("DELETE FROM snapshot WHERE persistence_id IN (SELECT persistence_id FROM gone)");

        // What a snapshot stands for; of the snapshots, all but the newest.
        statements.Execute("DELETE FROM gone");
        statements.Execute("INSERT INTO gone SELECT s.persistence_id, max(e.sequence_nr) FROM snapshot s JOIN event_journal e USING (persistence_id) GROUP BY 1");
        KeepNumbers(statements);
        events += statements.Execute(
            "DELETE FROM event_journal WHERE timestamp < $before AND sequence_nr <= (SELECT max(sequence_nr) FROM snapshot s WHERE s.persistence_id = event_journal.persistence_id)",
            ("$before", before.UtcTicks));
        snapshots += statements.Execute(
            "DELETE FROM snapshot WHERE created_at < $before AND sequence_nr < (SELECT max(sequence_nr) FROM snapshot s WHERE s.persistence_id = snapshot.persistence_id)",
            ("$before", before.UtcTicks));
        statements.Execute("DROP TABLE gone");
        return new JournalTrim(before, events, snapshots, ended + resting);
    }

    // The columns beside max() are those of the row that has it (https://sqlite.org/lang_select.html#bareagg).
    private static int Choose(WriterStatements statements, ImmutableArray<string> manifests, DateTimeOffset before)
    {
        statements.Execute("DELETE FROM gone");
        return manifests.Sum(manifest => statements.Execute(
            """
            INSERT INTO gone SELECT persistence_id, highest FROM
              (SELECT persistence_id, manifest, timestamp, max(sequence_nr) AS highest FROM event_journal GROUP BY persistence_id)
            WHERE manifest = $manifest AND timestamp < $before
            """,
            ("$manifest", manifest), ("$before", before.UtcTicks)));
    }

    private static void KeepNumbers(WriterStatements statements)
    {
        statements.Execute("INSERT OR IGNORE INTO journal_metadata SELECT persistence_id, highest FROM gone");
        statements.Execute("""
            DELETE FROM journal_metadata WHERE persistence_id IN (SELECT persistence_id FROM gone) AND sequence_nr <
              (SELECT max(sequence_nr) FROM journal_metadata m WHERE m.persistence_id = journal_metadata.persistence_id)
            """);
    }
}
