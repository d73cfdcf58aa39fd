using Devoxx.Native.Failpoints;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// The one thread that writes. Everything that was asked for while a transaction ran goes into the next one (group
/// commit), so that a hundred actors writing at once cost a few commits, and one actor writing alone waits for nothing.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly string path;
    private readonly SqliteConnection connection;
    private readonly WriterStatements statements;
    private readonly Action<int> committed;
    private readonly Thread thread;
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(false);
    private List<Work> queue = [];
    private bool closed;

    /// <param name="connection">The writer's alone from now on; disposed with it.</param>
    /// <param name="committed">Told after each commit, on the writer's thread, how many pages it wrote to the log.</param>
    public JournalWriter(string path, SqliteConnection connection, Action<int> committed)
    {
        this.path = path;
        this.connection = connection;
        this.committed = committed;
        statements = new WriterStatements(connection);
        thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "journal" };
        thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="body"/> in a transaction, all of it or nothing. Completes when that is committed: in the
    /// operating system's hands, which a killed process does not undo.
    /// </summary>
    /// <exception cref="JournalException">Nothing of it has been written.</exception>
    public Task<T> WriteAsync<T>(Func<WriterStatements, T> body) => Enqueue(new Work<T>(body, isWrite: true));

    /// <summary>Reads, after everything that was asked for before has been committed or has failed.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public Task<T> ReadAfterWritesAsync<T>(Func<WriterStatements, T> body) => Enqueue(new Work<T>(body, isWrite: false));

    /// <summary>Finishes what has been asked for, then closes the connection.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            closed = true;
        }

        wake.Set();
        thread.Join();
        wake.Dispose();
    }

    private Task<T> Enqueue<T>(Work<T> work)
    {
        lock (gate)
        {
            if (closed)
            {
                return Task.FromException<T>(new JournalException(path, "is closed"));
            }

            queue.Add(work);
        }

        wake.Set();
        return work.Completion.Task;
    }

    private void Run()
    {
        var batch = new List<Work>();
        var writes = new List<Work>();
        while (true)
        {
            bool last;
            lock (gate)
            {
                (queue, batch) = (batch, queue);
                last = closed;
            }

            if (batch.Count > 0)
            {
                writes.AddRange(batch.Where(work => work.IsWrite));
                if (writes.Count > 0)
                {
                    Write(writes);
                }

                foreach (var read in batch.Where(work => !work.IsWrite))
                {
                    Alone(read);
                }

                writes.Clear();
                batch.Clear();
            }
            else if (last)
            {
                break;
            }
            else
            {
                wake.WaitOne();
            }
        }

        statements.Dispose();
        connection.Dispose();
    }

    private void Write(List<Work> works)
    {
        try
        {
            statements.Begin();
            foreach (var work in works)
            {
                work.Execute(statements);
            }

            Failpoint.Reach("journal.commit.before");
            statements.Commit();
            Failpoint.Reach("journal.commit.after");
        }
        catch (Exception e)
        {
            var failure = Undo(e);

            // One request's own fault (a sequence number used twice): the others must not suffer for it.
            if (works.Count > 1 && failure is not JournalException { ResultCode: not raw.SQLITE_CONSTRAINT })
            {
                foreach (var work in works)
                {
                    Write([work]);
                }
            }
            else
            {
                works.ForEach(work => work.Fail(failure));
            }

            return;
        }

        committed(statements.PagesWritten());
        works.ForEach(work => work.Succeed());
    }

    private void Alone(Work read)
    {
        try
        {
            read.Execute(statements);
            read.Succeed();
        }
        catch (Exception e)
        {
            read.Fail(e is SqliteException error ? JournalException.From(path, error) : e);
        }
    }

    private Exception Undo(Exception cause)
    {
        try
        {
            statements.RollbackIfOpen();
        }
        catch (SqliteException e)
        {
            // The cause is what matters; the transaction is gone with the connection at the latest.
            cause = new AggregateException(cause, e);
        }

        return cause is SqliteException error ? JournalException.From(path, error) : cause;
    }

    private abstract class Work(bool isWrite)
    {
        public bool IsWrite => isWrite;

        public abstract void Execute(WriterStatements statements);

        public abstract void Succeed();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<WriterStatements, T> body, bool isWrite) : Work(isWrite)
    {
        private T result = default!;

        // Asynchronously: the writer's thread must not run what waits for it.
        public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Execute(WriterStatements statements) => result = body(statements);

        public override void Succeed() => Completion.SetResult(result);

        public override void Fail(Exception failure) => Completion.SetException(failure);
    }
}
