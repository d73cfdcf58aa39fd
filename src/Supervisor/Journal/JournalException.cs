using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// The journal cannot be opened, read or written. The message names the file, says what is wrong and what would help.
/// </summary>
public sealed class JournalException : Exception
{
    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>SQLite's primary result code (https://sqlite.org/rescode.html), or 0 when the refusal is the program's own.</summary>
    public int ResultCode { get; }

    /// <summary>Whether the content is damaged, so that repairing it is what would help.</summary>
    public bool IsDamage => ResultCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>A refusal of the program's own.</summary>
    public JournalException(string path, string what, int resultCode = 0, Exception? inner = null)
        : base($"journal {path}: {what}", inner)
    {
        Path = path;
        ResultCode = resultCode;
    }

    /// <summary>What an error of SQLite means for whoever runs the program.</summary>
    public static JournalException From(string path, SqliteException error) =>
        new(path, Explain(path, error), error.SqliteErrorCode, error);

    private static string Explain(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"no space left on the file system of {System.IO.Path.GetDirectoryName(path)}; free some and try again",
        raw.SQLITE_READONLY => "cannot be written: the file or its file system is read-only",
        raw.SQLITE_CANTOPEN => $"cannot be opened: {error.Message}; its directory must exist and be writable",
        raw.SQLITE_PERM or raw.SQLITE_AUTH => "permission denied; run as root or choose another --root",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another process holds it locked; is a second supervisor running on this root?",
        raw.SQLITE_CORRUPT => "the content is damaged; 'devoxx-compose journal repair' saves what can be read",
        raw.SQLITE_NOTADB => "not a SQLite database, or its header is damaged; 'devoxx-compose journal repair' saves what can be read",
        raw.SQLITE_IOERR => $"input/output error ({error.SqliteExtendedErrorCode}); look for disk errors in the kernel log",
        raw.SQLITE_CONSTRAINT => $"an event was refused: {error.Message}",
        _ => error.Message,
    };
}
