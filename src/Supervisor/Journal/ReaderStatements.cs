using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>What replay asks, each a statement that is compiled once and kept. Used by one thread at a time.</summary>
internal sealed class ReaderStatements(SqliteConnection connection) : IDisposable
{
    private readonly Statement events = new(connection, """
        SELECT sequence_nr, is_deleted, manifest, timestamp, payload, serializer_id FROM event_journal
        WHERE persistence_id = $id AND sequence_nr BETWEEN $from AND $to ORDER BY sequence_nr LIMIT $max
        """, "$id", "$from", "$to", "$max");

    private readonly Statement snapshot = new(connection, """
        SELECT sequence_nr, created_at, manifest, payload, serializer_id FROM snapshot
        WHERE persistence_id = $id AND sequence_nr <= $to AND created_at <= $until ORDER BY sequence_nr DESC LIMIT 1
        """, "$id", "$to", "$until");

    /// <summary>An actor's events between two sequence numbers, both inclusive, at most <paramref name="max"/> of them.</summary>
    public void Events(string persistenceId, long from, long to, long max, Action<EventRow, bool> each)
    {
        using var reader = events.Query(persistenceId, from, to, max);
        while (reader.Read())
        {
            each(
                new EventRow(persistenceId, reader.GetInt64(0), reader.IsDBNull(2) ? "" : reader.GetString(2),
                    reader.GetInt64(3), reader.GetFieldValue<byte[]>(4), null, reader.GetInt32(5)),
                reader.GetBoolean(1));
        }
    }

    /// <summary>An actor's newest snapshot up to a sequence number and a time in UTC ticks, both inclusive; or null.</summary>
    public SnapshotRow? Snapshot(string persistenceId, long to, long until)
    {
        using var reader = snapshot.Query(persistenceId, to, until);
        return reader.Read()
            ? new SnapshotRow(persistenceId, reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2),
                reader.GetFieldValue<byte[]>(3), reader.GetInt32(4))
            : null;
    }

    public void Dispose()
    {
        events.Dispose();
        snapshot.Dispose();
        connection.Dispose();
    }
}
