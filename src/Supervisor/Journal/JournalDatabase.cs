using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// The open journal file: one connection that writes, a few that replay, one that moves the write-ahead log into the
/// database. WAL with <c>synchronous=NORMAL</c>: what has been acknowledged survives the death of any process; after a
/// power cut the file is sound, but may lack the last moments (https://sqlite.org/pragma.html#pragma_synchronous).
/// </summary>
/// <remarks>
/// While it is open, nothing else in this process may open the file, not even to read bytes: closing that descriptor
/// would drop SQLite's POSIX locks (https://sqlite.org/howtocorrupt.html, 2.2).
/// </remarks>
public sealed class JournalDatabase : IDisposable
{
    // An unclean end is checked in full up to this size: quick_check reads it all, at some 300 MB/s.
    private const long CheckedSize = 64L << 20;

    // Of 4 KiB; SQLite's own default.
    private const int CheckpointPages = 1000;

    private readonly JournalWriter writer;
    private readonly ReaderPool readers;
    private long dirtyPages;
    private int checkpointing;
    private volatile bool closing;
    private Task checkpoint = Task.CompletedTask;

    private JournalDatabase(string path, SqliteConnection connection, bool uncleanEnd)
    {
        Path = path;
        WasUnclean = uncleanEnd;
        readers = new ReaderPool(path, Math.Clamp(Environment.ProcessorCount, 1, 4));
        writer = new JournalWriter(path, connection, OnCommitted);
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Whether the process that had it before ended without closing it; it has been checked then.</summary>
    public bool WasUnclean { get; }

    /// <summary>Commits made through this object so far.</summary>
    public long Commits { get; private set; }

    internal JournalWriter Writer => writer;

    /// <summary>Completes when no checkpoint is under way.</summary>
    internal Task Checkpointed => Volatile.Read(ref checkpoint);

    /// <summary>Opens the journal, making file and directory where there are none (modes 0600 and 0700).</summary>
    /// <exception cref="JournalException">
    /// Damaged, of a newer version, of another program, read-only, locked, or no space.
    /// </exception>
    public static JournalDatabase Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        SqliteConnection? connection = null;
        try
        {
            var unclean = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
            Create(path);
            connection = Connect(path, SqliteOpenMode.ReadWrite);
            JournalSchema.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 8388608");
            JournalSchema.Prepare(connection, path);
            if (unclean && new FileInfo(path).Length <= CheckedSize)
            {
                Check(connection, path);
            }

            return new JournalDatabase(path, connection, unclean);
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw JournalException.From(path, e);
        }
        catch (JournalException)
        {
            connection?.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(path, e.Message, inner: e);
        }
    }

    /// <summary>Drops history that is older than <paramref name="retention"/> keeps and that nothing needs.</summary>
    /// <exception cref="JournalException">Nothing has been dropped.</exception>
    public Task<JournalTrim> TrimAsync(JournalRetention retention, DateTimeOffset now) =>
        writer.WriteAsync(statements => JournalTrimmer.Trim(statements, retention, now));

    /// <summary>Finishes what has been asked for, moves the write-ahead log into the database and closes it.</summary>
    public void Dispose()
    {
        // The writer's connection last: only one that may write can move the log into the database as it leaves.
        closing = true;
        readers.Dispose();
        checkpoint.GetAwaiter().GetResult();
        writer.Dispose();
    }

    /// <summary>Moves the write-ahead log into the database, as far as readers allow.</summary>
    /// <remarks>
    /// Most of it on a connection of its own, as its two fsyncs are not the writers' concern; what was written meanwhile,
    /// between two transactions: only when all of the log is in the database does SQLite begin it anew.
    /// </remarks>
    internal async Task CheckpointAsync()
    {
        try
        {
            await Task.Run(() =>
            {
                using var connection = Connect(Path, SqliteOpenMode.ReadWrite);
                JournalSchema.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            }).ConfigureAwait(false);
            await writer.ReadAfterWritesAsync(statements => statements.Execute("PRAGMA wal_checkpoint(PASSIVE)")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or JournalException)
        {
            // Nothing is lost: the log goes on growing until a later one, or the close, succeeds; and whatever stands in
            // the way (a full disk) is told by the writes themselves.
        }
        finally
        {
            Volatile.Write(ref checkpointing, 0);
        }
    }

    internal Task<T> ReadAsync<T>(Func<ReaderStatements, T> body) => readers.ReadAsync(body);

    /// <summary>
    /// To read where nobody writes. A journal that was closed is read as a file that does not change: else SQLite would make its write-ahead log
    /// and shared memory beside it, and leave them there.
    /// </summary>
    internal static SqliteConnection ConnectToLook(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 }
        ? Connect(path, SqliteOpenMode.ReadOnly)
        : Connect($"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly);

    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Create(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }).Dispose();
    }

    private static void Check(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is string finding and not "ok")
        {
            throw new JournalException(path,
                $"the content is damaged ({finding}); 'devoxx-compose journal repair' saves what can be read", SQLitePCL.raw.SQLITE_CORRUPT);
        }
    }

    private void OnCommitted(int pages)
    {
        Commits++;

        try
        {
            // For readers in other processes: the write-ahead log's own change is seen before the commit is visible, as the
            // index that makes it visible is shared memory, which nobody is told about. By path, never by opening it.
            File.SetLastWriteTimeUtc(Path + "-wal", DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The commit stands. Who follows sees it with the next; what is wrong with the disk, the next write tells.
        }

        dirtyPages += pages;
        if (dirtyPages >= CheckpointPages && !closing && Interlocked.Exchange(ref checkpointing, 1) == 0)
        {
            dirtyPages = 0;
            checkpoint = CheckpointAsync();
        }
    }
}
