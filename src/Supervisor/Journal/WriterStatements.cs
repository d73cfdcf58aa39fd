using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>What the writer can do, each a statement that is compiled once and kept. Used by the writer's thread only.</summary>
internal sealed class WriterStatements : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand begin, commit, rollback;
    private readonly Statement insertEvent, highest, deleteEvents, keepHighest, saveSnapshot, deleteSnapshots;

    public WriterStatements(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Command("BEGIN IMMEDIATE");
        commit = Command("COMMIT");
        rollback = Command("ROLLBACK");
        insertEvent = new(connection, """
            INSERT INTO event_journal (persistence_id, sequence_nr, is_deleted, manifest, timestamp, payload, tags, serializer_id)
            VALUES ($id, $nr, 0, $manifest, $timestamp, $payload, $tags, $serializer)
            """, "$id", "$nr", "$manifest", "$timestamp", "$payload", "$tags", "$serializer");
        highest = new(connection, """
            SELECT max(ifnull((SELECT max(sequence_nr) FROM event_journal WHERE persistence_id = $id), 0),
                       ifnull((SELECT max(sequence_nr) FROM journal_metadata WHERE persistence_id = $id), 0))
            """, "$id");
        deleteEvents = new(connection, "DELETE FROM event_journal WHERE persistence_id = $id AND sequence_nr <= $to", "$id", "$to");
        keepHighest = new(connection, "INSERT OR IGNORE INTO journal_metadata (persistence_id, sequence_nr) VALUES ($id, $nr)", "$id", "$nr");
        saveSnapshot = new(connection, """
            INSERT OR REPLACE INTO snapshot (persistence_id, sequence_nr, created_at, manifest, payload, serializer_id)
            VALUES ($id, $nr, $created, $manifest, $payload, $serializer)
            """, "$id", "$nr", "$created", "$manifest", "$payload", "$serializer");
        deleteSnapshots = new(connection, """
            DELETE FROM snapshot WHERE persistence_id = $id AND sequence_nr BETWEEN $from AND $to AND created_at BETWEEN $since AND $until
            """, "$id", "$from", "$to", "$since", "$until");
    }

    public void Begin() => begin.ExecuteNonQuery();

    public void Commit() => commit.ExecuteNonQuery();

    /// <summary>Undoes the open transaction; some errors have already made SQLite do that.</summary>
    public void RollbackIfOpen()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            rollback.ExecuteNonQuery();
        }
    }

    /// <summary>How many pages have been written since this was asked last.</summary>
    public int PagesWritten()
    {
        _ = SQLitePCL.raw.sqlite3_db_status(connection.Handle, SQLitePCL.raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1);
        return pages;
    }

    public void InsertEvent(EventRow row) => insertEvent.Execute(
        row.PersistenceId, row.SequenceNr, row.Manifest, row.Timestamp, row.Payload, row.Tags, row.SerializerId);

    /// <summary>Inserts an event in a place among all events that is free.</summary>
    public void InsertEventAs(long ordering, EventRow row) => Execute(
        """
        INSERT INTO event_journal (ordering, persistence_id, sequence_nr, is_deleted, manifest, timestamp, payload, tags, serializer_id)
        VALUES ($ordering, $id, $nr, 0, $manifest, $timestamp, $payload, $tags, $serializer)
        """,
        ("$ordering", ordering), ("$id", row.PersistenceId), ("$nr", row.SequenceNr), ("$manifest", row.Manifest), ("$timestamp", row.Timestamp),
        ("$payload", row.Payload), ("$tags", (object?)row.Tags ?? DBNull.Value), ("$serializer", row.SerializerId));

    /// <summary>Sequence numbers of an actor up to this one are used.</summary>
    public void KeepHighest(string persistenceId, long number) => keepHighest.Execute(persistenceId, number);

    /// <summary>The highest sequence number ever given to the actor, deleted events included; 0 for a new one.</summary>
    public long HighestSequenceNr(string persistenceId) => (long)highest.Scalar(persistenceId)!;

    /// <summary>Deletes an actor's events up to a sequence number, which stay used all the same.</summary>
    public void DeleteEvents(string persistenceId, long toSequenceNr)
    {
        keepHighest.Execute(persistenceId, HighestSequenceNr(persistenceId));
        deleteEvents.Execute(persistenceId, toSequenceNr);
    }

    public void SaveSnapshot(SnapshotRow row) => saveSnapshot.Execute(
        row.PersistenceId, row.SequenceNr, row.CreatedAt, row.Manifest, row.Payload, row.SerializerId);

    /// <summary>Deletes an actor's snapshots between bounds, all inclusive; times in UTC ticks.</summary>
    public void DeleteSnapshots(string persistenceId, long from, long to, long since, long until) =>
        deleteSnapshots.Execute(persistenceId, from, to, since, until);

    /// <summary>Runs a statement that is not worth keeping; the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in new[] { begin, commit, rollback })
        {
            command.Dispose();
        }

        foreach (var statement in new[] { insertEvent, highest, deleteEvents, keepHighest, saveSnapshot, deleteSnapshots })
        {
            statement.Dispose();
        }
    }

    private SqliteCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
