using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>Reads what can be read of a damaged table: row by row, and past a damaged page to the next that is not.</summary>
/// <param name="table">Its name.</param>
/// <param name="key">The column that is the rowid.</param>
/// <param name="columns">What to read beside it.</param>
internal sealed class JournalSalvage(SqliteConnection connection, string table, string key, string columns)
{
    private const int Page = 500;

    /// <summary>How many keys were passed over for damage; each may have been a row.</summary>
    public long Skipped { get; private set; }

    /// <summary>Each readable row, in the order of its key: the key, then the columns.</summary>
    public IEnumerable<object[]> Rows()
    {
        var last = 0L;
        while (true)
        {
            var rows = new List<object[]>();
            var isWhole = TryRead($"WHERE {key} > $key ORDER BY {key} LIMIT {Page}", last, rows);
            foreach (var row in rows)
            {
                last = (long)row[0];
                yield return row;
            }

            if (!isWhole)
            {
                var highest = Highest();
                if (NextReadable(last + 1, highest) is not { } next)
                {
                    Skipped += Math.Max(0, highest - last);
                    yield break;
                }

                // Given here, as a search that begins before it may meet the damage again.
                Skipped += (long)next[0] - last - 1;
                last = (long)next[0];
                yield return next;
            }
            else if (rows.Count < Page)
            {
                yield break;
            }
        }
    }

    // The highest key that there can be: from the end of the table, else from what AUTOINCREMENT remembers.
    private long Highest()
    {
        foreach (var sql in (string[])[$"SELECT max({key}) FROM {table}", $"SELECT seq FROM sqlite_sequence WHERE name = '{table}'"])
        {
            try
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                if (command.ExecuteScalar() is long highest)
                {
                    return highest;
                }
            }
            catch (SqliteException)
            {
                // That one is damaged too.
            }
        }

        return 0;
    }

    private object[]? NextReadable(long from, long to)
    {
        for (var candidate = from; candidate <= to; candidate++)
        {
            var rows = new List<object[]>();
            if (TryRead($"WHERE {key} = $key", candidate, rows) && rows.Count > 0)
            {
                return rows[0];
            }
        }

        return null;
    }

    // False when damage was met, after the rows that were read before it.
    private bool TryRead(string condition, long parameter, List<object[]> rows)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {key}, {columns} FROM {table} {condition}";
            command.Parameters.AddWithValue("$key", parameter);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }

            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
