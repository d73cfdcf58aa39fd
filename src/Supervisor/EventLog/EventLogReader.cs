using System.Runtime.CompilerServices;
using Devoxx.Native.Files;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Journal;
using Devoxx.Supervisor.Logs;
using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.EventLog;

/// <summary>
/// The whole history, read from the journal's file itself: beside a supervisor that writes it, or while none runs. Never
/// in the supervisor's own process (see <see cref="JournalDatabase"/>).
/// </summary>
/// <param name="path">The journal's file. While there is none, there are no events.</param>
/// <param name="types">What the payloads mean to people.</param>
public sealed class EventLogReader(string path, EventTypes types) : IDisposable
{
    // A page at a time: a reader that is slow to print must not keep the writer's log from being reused.
    private const int Page = 1000;

    private readonly string path = Path.GetFullPath(path);
    private SqliteConnection? connection;

    /// <summary>The events that there are, in the order in which they were written.</summary>
    /// <exception cref="JournalException">The file is damaged, not a journal, or cannot be read.</exception>
    public IEnumerable<EventRecord> Read(EventQuery query)
    {
        var after = Start(query);
        while (true)
        {
            var page = ReadPage(query, after);
            foreach (var record in page)
            {
                yield return record;
            }

            if (page.Count < Page)
            {
                yield break;
            }

            after = page[^1].Ordering;
        }
    }

    /// <summary>
    /// The events that there are, then those that come, as they are committed, until <see cref="EventQuery.Until"/> or
    /// cancellation (which just ends it).
    /// </summary>
    /// <exception cref="JournalException">As for <see cref="Read"/>.</exception>
    public async IAsyncEnumerable<EventRecord> Follow(EventQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var watch = new DirectoryWatch();
        using var registration = cancellation.Register(watch.Wake);

        // The writer touches its log after each commit: one wake-up each, when the commit can be seen.
        watch.Add(directory, InotifyMask.Attributes | InotifyMask.Create | InotifyMask.MovedTo);
        var after = Start(query);
        while (!cancellation.IsCancellationRequested)
        {
            var newest = Newest();
            var page = ReadPage(query, after);
            foreach (var record in page)
            {
                yield return record;
            }

            if (page.Count == Page)
            {
                after = page[^1].Ordering;
                continue;
            }

            // What the filters leave out need not be looked at again.
            after = Math.Max(newest, page.Count > 0 ? page[^1].Ordering : after);
            var left = query.Until - DateTimeOffset.UtcNow;
            if (left < TimeSpan.Zero)
            {
                break;
            }

            await Task.Run(() => watch.Wait(left), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => connection?.Dispose();

    // Where to begin: behind which ordering.
    private long Start(EventQuery query) => query.Tail switch
    {
        null => query.After,
        0 => Math.Max(query.After, Newest()),
        { } count => TailStart(query, count),
    };

    private long Newest() =>
        Query("SELECT ifnull(max(ordering), 0) FROM event_journal", [], row => row.GetInt64(0)).FirstOrDefault();

    private long TailStart(EventQuery query, int count)
    {
        var (condition, values) = query.ToSql();
        return Query(
            $"SELECT min(ordering) - 1 FROM (SELECT ordering FROM event_journal WHERE {condition} ORDER BY ordering DESC LIMIT $limit)",
            [("$after", query.After), ("$limit", count), .. values.Select((value, i) => ($"$p{i}", value))],
            row => row.IsDBNull(0) ? query.After : row.GetInt64(0)).FirstOrDefault();
    }

    private List<EventRecord> ReadPage(EventQuery query, long after)
    {
        var (condition, values) = query.ToSql();
        return Query(
            $"SELECT ordering, persistence_id, sequence_nr, manifest, timestamp, payload, tags FROM event_journal WHERE {condition} ORDER BY ordering LIMIT {Page}",
            [("$after", after), .. values.Select((value, i) => ($"$p{i}", value))],
            row => new EventRecord(
                types, row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4),
                row.GetFieldValue<byte[]>(5), row.IsDBNull(6) ? null : row.GetString(6)));
    }

    private List<T> Query<T>(string sql, List<(string Name, object Value)> parameters, Func<SqliteDataReader, T> read)
    {
        try
        {
            if (!Open())
            {
                return [];
            }

            using var command = connection!.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            var rows = new List<T>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }
        catch (SqliteException e)
        {
            throw JournalException.From(path, e);
        }
    }

    // False while the file is not there, or its maker has not come to making its tables.
    private bool Open()
    {
        if (connection is null && new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            var opened = JournalDatabase.Connect(path, SqliteOpenMode.ReadOnly);
            try
            {
                if (JournalSchema.IsCurrent(opened, path))
                {
                    (connection, opened) = (opened, null);
                }
            }
            finally
            {
                opened?.Dispose();
            }
        }

        return connection is not null;
    }
}
