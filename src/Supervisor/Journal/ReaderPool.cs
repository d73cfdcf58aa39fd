using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Journal;

/// <summary>A few read-only connections for replay, opened when first needed.</summary>
internal sealed class ReaderPool(string path, int size) : IDisposable
{
    private readonly ConcurrentBag<ReaderStatements> idle = [];
    private readonly SemaphoreSlim slots = new(size);

    /// <summary>Runs <paramref name="body"/> on the thread pool with a connection of its own.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<ReaderStatements, T> body)
    {
        await slots.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(body)).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private T Read<T>(Func<ReaderStatements, T> body)
    {
        ReaderStatements? reader = null;
        try
        {
            if (!idle.TryTake(out reader))
            {
                reader = new ReaderStatements(JournalDatabase.Connect(path, SqliteOpenMode.ReadOnly));
            }

            var result = body(reader);
            idle.Add(reader);
            return result;
        }
        catch (SqliteException e)
        {
            // A connection that failed is not lent again.
            reader?.Dispose();
            throw JournalException.From(path, e);
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }
}
