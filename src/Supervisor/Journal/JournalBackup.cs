using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>Copies a journal as it is at one moment, while a supervisor goes on writing it, or while none runs.</summary>
public static class JournalBackup
{
    /// <summary>Writes one compact file, mode 0600, which is complete whenever it is there.</summary>
    /// <param name="target">A file that is not there yet.</param>
    /// <exception cref="JournalException">There is no journal, it is damaged, or the copy cannot be written.</exception>
    public static void Run(string path, string target)
    {
        path = Path.GetFullPath(path);
        target = Path.GetFullPath(target);
        if (!File.Exists(path))
        {
            throw new JournalException(path, "there is none");
        }

        if (File.Exists(target))
        {
            throw new JournalException(path, $"the backup {target} is there already; it is not written over");
        }

        var part = target + ".part";
        try
        {
            // Made first, so that nobody else can read it at any moment; VACUUM INTO takes an empty file.
            File.Delete(part);
            new FileStream(part, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
            using (var connection = JournalDatabase.Connect(path, SqliteOpenMode.ReadOnly))
            {
                if (!JournalSchema.IsCurrent(connection, path))
                {
                    throw new JournalException(path, "holds no journal yet");
                }

                using var command = connection.CreateCommand();
                command.CommandText = "VACUUM INTO $part";
                command.Parameters.AddWithValue("$part", part);
                command.ExecuteNonQuery();
            }

            using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(part, target);
        }
        catch (SqliteException e)
        {
            File.Delete(part);
            throw JournalException.From(e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL ? target : path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(path, $"the backup {target} cannot be written: {e.Message}", inner: e);
        }
    }
}
