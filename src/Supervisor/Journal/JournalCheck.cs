using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Supervisor.Events;
using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// Looks a journal over from end to end without changing it: beside a supervisor, in another process, or while none runs.
/// </summary>
public static class JournalCheck
{
    private const int MostFindings = 100;

    /// <summary>Checks pages and indexes, that no actor's events have holes, and that every payload can be read.</summary>
    /// <exception cref="JournalException">There is no journal at <paramref name="path"/>, or it cannot be opened at all.</exception>
    public static JournalReport Run(string path, EventTypes types)
    {
        path = Path.GetFullPath(path);
        if (!File.Exists(path))
        {
            throw new JournalException(path, "there is none");
        }

        try
        {
            using var connection = JournalDatabase.Connect(path, SqliteOpenMode.ReadOnly);
            if (!JournalSchema.IsCurrent(connection, path))
            {
                throw new JournalException(path, "holds no journal yet");
            }

            var findings = ImmutableArray.CreateBuilder<string>();
            Try(findings, path, () => Integrity(connection, findings));
            Try(findings, path, () => Holes(connection, findings));
            Try(findings, path, () => Payloads(connection, types, findings));
            return Summary(connection, path, findings);
        }
        catch (SqliteException e)
        {
            throw JournalException.From(path, e);
        }
    }

    private static JournalReport Summary(SqliteConnection connection, string path, ImmutableArray<string>.Builder findings)
    {
        var size = new[] { path, path + "-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length);
        var report = new JournalReport(path, size, 0, 0, 0, null, null, []);
        Try(findings, path, () =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT count(*), count(DISTINCT persistence_id), (SELECT count(*) FROM snapshot), min(timestamp), max(timestamp) FROM event_journal
                """;
            using var row = command.ExecuteReader();
            row.Read();
            report = report with
            {
                Events = row.GetInt64(0),
                Actors = row.GetInt64(1),
                Snapshots = row.GetInt64(2),
                Oldest = row.IsDBNull(3) ? null : new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero),
                Newest = row.IsDBNull(4) ? null : new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero),
            };
        });
        return report with { Findings = [.. findings.Distinct()] };
    }

    private static void Try(ImmutableArray<string>.Builder findings, string path, Action step)
    {
        try
        {
            step();
        }
        catch (SqliteException e)
        {
            findings.Add(JournalException.From(path, e).Message);
        }
    }

    private static void Integrity(SqliteConnection connection, ImmutableArray<string>.Builder findings)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA integrity_check({MostFindings})";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            if (row.GetString(0) is not "ok" and var finding)
            {
                findings.Add($"database: {finding}");
            }
        }
    }

    // An actor replays from its newest snapshot: what is missing before that is not missed. Nor what was dropped on purpose,
    // all from its first to one, of which the metadata speak.
    private static void Holes(SqliteConnection connection, ImmutableArray<string>.Builder findings)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT persistence_id, previous, sequence_nr FROM (
              SELECT persistence_id, sequence_nr, lag(sequence_nr, 1, 0) OVER (PARTITION BY persistence_id ORDER BY sequence_nr) AS previous
              FROM event_journal) AS e
            WHERE sequence_nr <> previous + 1
              AND sequence_nr - 1 > ifnull((SELECT max(s.sequence_nr) FROM snapshot s WHERE s.persistence_id = e.persistence_id), 0)
              AND NOT (previous = 0 AND sequence_nr - 1 <= ifnull((SELECT max(m.sequence_nr) FROM journal_metadata m WHERE m.persistence_id = e.persistence_id), 0))
            LIMIT {MostFindings}
            """;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            findings.Add($"actor {row.GetString(0)}: events {row.GetInt64(1) + 1} to {row.GetInt64(2) - 1} are missing, and no snapshot stands for them");
        }
    }

    private static void Payloads(SqliteConnection connection, EventTypes types, ImmutableArray<string>.Builder findings)
    {
        foreach (var (table, what) in ((string, string)[])[("event_journal", "event"), ("snapshot", "snapshot")])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT persistence_id, sequence_nr, manifest, payload FROM {table} WHERE serializer_id = {EventSerializer.Number}";
            using var row = command.ExecuteReader();
            while (row.Read() && findings.Count < MostFindings)
            {
                if (Fault(types, row.IsDBNull(2) ? "" : row.GetString(2), row.GetFieldValue<byte[]>(3)) is { } fault)
                {
                    findings.Add($"actor {row.GetString(0)}: {what} {row.GetInt64(1)}: {fault}");
                }
            }
        }
    }

    private static string? Fault(EventTypes types, string manifest, byte[] payload)
    {
        if (!types.TryFind(manifest, out var type))
        {
            return $"'{manifest}' is not a payload that this devoxx-compose knows";
        }

        try
        {
            return JsonSerializer.Deserialize(payload, type.Json) is null ? $"the payload of a '{manifest}' is null" : null;
        }
        catch (JsonException e)
        {
            return $"'{manifest}': {e.Message}";
        }
    }
}
