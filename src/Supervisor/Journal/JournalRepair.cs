using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// Makes a sound journal of what can be read of a damaged one, which is kept beside it. For a process that holds the
/// supervisor's lock: nobody else may have the journal open.
/// </summary>
public static class JournalRepair
{
    /// <summary>
    /// Builds the new journal, then puts it in the place of the old. Of each actor's events those are kept that have no
    /// hole before them (or one that a snapshot stands for); what the kernel has and the journal has forgotten is for
    /// recovery to find.
    /// </summary>
    /// <param name="evenEmpty">Also when nothing at all can be read.</param>
    /// <exception cref="JournalException">There is no journal, or the new one cannot be written.</exception>
    public static JournalRepairReport Run(string path, DateTimeOffset now, bool evenEmpty = false)
    {
        path = Path.GetFullPath(path);
        if (!File.Exists(path))
        {
            throw new JournalException(path, "there is none");
        }

        var made = path + ".repaired";
        DeleteWithLog(made);
        var salvaged = new Salvaged();
        using (var damaged = OpenDamaged(path, salvaged))
        using (var target = JournalDatabase.Open(made))
        {
            if (damaged is not null)
            {
                target.Writer.WriteAsync(statements =>
                {
                    salvaged.Copy(damaged, statements);
                    return 0;
                }).GetAwaiter().GetResult();
            }
        }

        if (salvaged.Kept == 0 && !evenEmpty)
        {
            DeleteWithLog(made);
            return new JournalRepairReport(false, null, 0, salvaged.Unreadable, salvaged.Dropped,
                [.. salvaged.Notes, "nothing could be read, and nothing was changed; restore a backup, or start with an empty journal"]);
        }

        var aside = $"{path}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        foreach (var suffix in (string[])["-wal", "-shm", ""])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        File.Move(made, path);
        return new JournalRepairReport(true, aside, salvaged.Kept, salvaged.Unreadable, salvaged.Dropped, [.. salvaged.Notes]);
    }

    private static SqliteConnection? OpenDamaged(string path, Salvaged salvaged)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = JournalDatabase.Connect(path, SqliteOpenMode.ReadOnly);
            JournalSchema.IsCurrent(connection, path);
            return connection;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            salvaged.Notes.Add($"it cannot be opened: {e.Message}");
            return null;
        }
    }

    private static void DeleteWithLog(string path)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(path + suffix);
        }
    }

    private sealed class Salvaged
    {
        private readonly Dictionary<string, long> snapshots = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> next = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> dropped = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> highest = new(StringComparer.Ordinal);

        public long Kept { get; private set; }

        public long Unreadable { get; private set; }

        public long Dropped { get; private set; }

        public List<string> Notes { get; } = [];

        public void Copy(SqliteConnection damaged, WriterStatements target)
        {
            foreach (var row in new JournalSalvage(damaged, "snapshot", "rowid", "persistence_id, sequence_nr, created_at, manifest, payload, serializer_id").Rows())
            {
                if (row is [_, string actor, long number, long time, string manifest, byte[] payload, long serializer] && IsReadable(payload, serializer))
                {
                    target.SaveSnapshot(new SnapshotRow(actor, number, time, manifest, payload, (int)serializer));
                    snapshots[actor] = Math.Max(number, snapshots.GetValueOrDefault(actor));
                    Reaches(actor, number);
                }
            }

            foreach (var row in new JournalSalvage(damaged, "journal_metadata", "rowid", "persistence_id, sequence_nr").Rows())
            {
                if (row is [_, string actor, long number])
                {
                    dropped[actor] = Math.Max(number, dropped.GetValueOrDefault(actor));
                    Reaches(actor, number);
                }
            }

            var events = new JournalSalvage(damaged, "event_journal", "ordering", "persistence_id, sequence_nr, manifest, timestamp, payload, tags, serializer_id");
            foreach (var row in events.Rows())
            {
                if (row is [long ordering, string actor, long number, string manifest, long time, byte[] payload, var tags, long serializer])
                {
                    Take(target, ordering, new EventRow(actor, number, manifest, time, payload, tags as string, (int)serializer));
                }
                else
                {
                    Unreadable++;
                }
            }

            Unreadable += events.Skipped;

            // Numbers that were given are never given again.
            foreach (var (actor, number) in highest)
            {
                target.KeepHighest(actor, number);
            }

            Note(Unreadable, "could not be read");
            Note(Dropped, "came after one of the same actor that is lost, and had to be dropped");
        }

        private void Take(WriterStatements target, long ordering, EventRow row)
        {
            Reaches(row.PersistenceId, row.SequenceNr);
            if (!IsReadable(row.Payload, row.SerializerId))
            {
                Unreadable++;
                return;
            }

            // It follows the last one, or nothing that is needed is missing: a snapshot stands for it, or it was dropped on purpose.
            var isFirst = !next.TryGetValue(row.PersistenceId, out var expected);
            var mayMiss = Math.Max(snapshots.GetValueOrDefault(row.PersistenceId), isFirst ? dropped.GetValueOrDefault(row.PersistenceId) : 0);
            if (row.SequenceNr != expected && row.SequenceNr - 1 > mayMiss)
            {
                Dropped++;
                return;
            }

            next[row.PersistenceId] = row.SequenceNr + 1;
            target.InsertEventAs(ordering, row);
            Kept++;
        }

        private void Reaches(string actor, long number) => highest[actor] = Math.Max(number, highest.GetValueOrDefault(actor));

        private void Note(long count, string what)
        {
            if (count > 0)
            {
                Notes.Add($"{count} event{(count == 1 ? "" : "s")} {what}");
            }
        }

        private static bool IsReadable(byte[] payload, long serializer)
        {
            if (serializer != EventSerializer.Number)
            {
                return true;
            }

            try
            {
                var reader = new Utf8JsonReader(payload);
                while (reader.Read())
                {
                }

                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
