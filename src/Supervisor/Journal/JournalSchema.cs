using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// The tables, as Akka.Persistence.Sqlite 1.5 has them, so that it can take over the file. Ours beyond it:
/// AUTOINCREMENT, so that an <c>ordering</c> is never used twice and a reader can go on from the last that it has seen.
/// </summary>
internal static class JournalSchema
{
    /// <summary>Stored as <c>PRAGMA user_version</c>.</summary>
    public const int Version = 1;

    /// <summary>Stored as <c>PRAGMA application_id</c>; the bytes read <c>dvxj</c>.</summary>
    public const int ApplicationId = 0x6476786A;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS event_journal (
            ordering INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            is_deleted INTEGER(1) NOT NULL,
            manifest VARCHAR(255) NULL,
            timestamp INTEGER NOT NULL,
            payload BLOB NOT NULL,
            tags VARCHAR(2000) NULL,
            serializer_id INTEGER(4),
            UNIQUE (persistence_id, sequence_nr)
        );
        CREATE TABLE IF NOT EXISTS journal_metadata (
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            PRIMARY KEY (persistence_id, sequence_nr)
        );
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            created_at INTEGER(8) NOT NULL,
            manifest VARCHAR(255) NOT NULL,
            payload BLOB NOT NULL,
            serializer_id INTEGER(4),
            PRIMARY KEY (persistence_id, sequence_nr)
        );
        """;

    /// <summary>Makes the tables in a new file; refuses one that is of something else or of a newer version.</summary>
    /// <exception cref="JournalException">The file is not a journal that this version can write.</exception>
    /// <exception cref="SqliteException">It cannot be read or written.</exception>
    public static void Prepare(SqliteConnection connection, string path)
    {
        if (IsCurrent(connection, path))
        {
            return;
        }

        // One transaction: another process sees all of it or nothing.
        Execute(connection, $"""
            BEGIN IMMEDIATE;
            {Tables}
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }

    /// <summary>Whether the tables are there, in the version that this program knows.</summary>
    /// <exception cref="JournalException">The file is of something else, or of a newer version.</exception>
    public static bool IsCurrent(SqliteConnection connection, string path)
    {
        // In one transaction: somebody may be making the tables just now.
        Execute(connection, "BEGIN");
        var (application, version, foreign) = (
            Number(connection, "PRAGMA application_id"),
            Number(connection, "PRAGMA user_version"),
            Number(connection, """
                SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                AND name NOT IN ('event_journal', 'journal_metadata', 'snapshot')
                """));
        Execute(connection, "COMMIT");
        if (application == ApplicationId)
        {
            return version switch
            {
                Version => true,
                > Version => throw new JournalException(path,
                    $"written by a newer devoxx-compose (schema {version}; this one knows {Version}); use that version, or another --root"),
                _ => throw new JournalException(path, $"schema {version} is not one that this devoxx-compose knows"),
            };
        }

        // A journal made by Akka.Persistence.Sqlite has the tables, and neither number: adopted. Anything else is not ours.
        if (application != 0 || version != 0 || foreign != 0)
        {
            throw new JournalException(path, "is a SQLite database of another program; move it away, or use another --root");
        }

        return false;
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
