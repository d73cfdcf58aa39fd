using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Logs;

/// <summary>
/// Follows logs as they grow, across rotations, woken by inotify. Logs may join and leave while it runs; all its writing
/// is done by the thread that calls <see cref="Run"/>.
/// </summary>
/// <param name="query">Applied to each log as it joins.</param>
public sealed class LogFollower(LogQuery query, ILogSink sink) : IDisposable
{
    private readonly DirectoryWatch watch = new();
    private readonly Lock gate = new();
    private readonly List<LogSource> joining = [];
    private readonly HashSet<LogSource> leaving = new(ReferenceEqualityComparer.Instance);
    private readonly List<(LogSource Source, Action Then)> marks = [];
    private readonly Dictionary<int, LogCursor> followed = [];
    private bool completed;
    private volatile bool asked;

    /// <summary>Follows one more log. The directory of its file must be there; the file need not.</summary>
    public void Add(LogSource source)
    {
        lock (gate)
        {
            joining.Add(source);
            asked = true;
        }

        watch.Wake();
    }

    /// <summary>Calls <paramref name="then"/>, on the thread of <see cref="Run"/>, when what a run that has ended left in the log has been written, a begun line included.</summary>
    public void AtEnd(LogSource source, Action then)
    {
        lock (gate)
        {
            marks.Add((source, then));
            asked = true;
        }

        watch.Wake();
    }

    /// <summary>Nobody writes this log any more (the same object as was added): what is left of it is written, then it is let go.</summary>
    public void Remove(LogSource source)
    {
        lock (gate)
        {
            leaving.Add(source);
            asked = true;
        }

        watch.Wake();
    }

    /// <summary>No more logs will join: <see cref="Run"/> returns when the last has left.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            asked = true;
        }

        watch.Wake();
    }

    /// <summary>
    /// Writes lines until cancellation (after which what there is already is still written, for a second at most), the
    /// end of the query's time, or <see cref="Complete"/>.
    /// </summary>
    /// <exception cref="LinuxException">A directory cannot be watched.</exception>
    /// <exception cref="IOException">A file cannot be read, or the sink cannot be written.</exception>
    public void Run(CancellationToken cancellation)
    {
        using var registration = cancellation.Register(watch.Wake);
        var changed = new HashSet<int>();
        while (true)
        {
            var isLast = cancellation.IsCancellationRequested || query.Until < DateTimeOffset.UtcNow;
            Join(changed);
            PassMarks();
            var finished = Leave(changed);
            if (isLast)
            {
                changed.UnionWith(followed.Keys);
            }

            var deadline = Environment.TickCount64 + 1000;
            var drained = LogMerge.Drain(
                [.. changed.Where(followed.ContainsKey).Select(number => followed[number])], sink, rest: isLast,
                stop: () => isLast ? Environment.TickCount64 > deadline : asked || cancellation.IsCancellationRequested);
            sink.Flush();
            if (isLast || finished)
            {
                return;
            }

            if (drained)
            {
                changed.Clear();
            }

            foreach (var change in watch.Wait(drained ? query.Until - DateTimeOffset.UtcNow : TimeSpan.Zero))
            {
                if (change.Mask.HasFlag(InotifyMask.Overflow))
                {
                    changed.UnionWith(followed.Keys);
                }
                else if (change.Name.StartsWith("log", StringComparison.Ordinal))
                {
                    changed.Add(change.Watch);
                }
            }
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        watch.Dispose();
        foreach (var cursor in followed.Values)
        {
            cursor.Dispose();
        }

        followed.Clear();
    }

    private void Join(HashSet<int> changed)
    {
        LogSource[] sources;
        lock (gate)
        {
            asked = false;
            sources = [.. joining];
            joining.Clear();
        }

        foreach (var source in sources)
        {
            // Watched first, so that what is written meanwhile wakes us once more.
            int number;
            try
            {
                number = watch.Add(
                    Path.GetDirectoryName(source.Path)!, InotifyMask.Modify | InotifyMask.Create | InotifyMask.MovedTo);
            }
            catch (LinuxException gone) when (gone.ErrnoName == "ENOENT")
            {
                // Removed between being named and being looked at: there is nothing to read, and never will be.
                continue;
            }

            if (!followed.TryAdd(number, new LogCursor(source, query, LogReader.BufferSize(followed.Count + sources.Length))))
            {
                throw new InvalidOperationException($"{source.Path} is followed already");
            }

            changed.Add(number);
        }
    }

    private void PassMarks()
    {
        (LogSource Source, Action Then)[] passed;
        lock (gate)
        {
            passed = [.. marks];
            marks.Clear();
        }

        foreach (var (source, then) in passed)
        {
            if (followed.Values.FirstOrDefault(cursor => ReferenceEquals(cursor.Source, source)) is { } cursor)
            {
                LogMerge.Drain([cursor], sink, rest: true, stop: () => false);
            }

            sink.Flush();
            then();
        }
    }

    private bool Leave(HashSet<int> changed)
    {
        var left = new List<(int Number, LogCursor Cursor)>();
        bool finished;
        lock (gate)
        {
            left.AddRange(followed.Where(each => leaving.Remove(each.Value.Source)).Select(each => (each.Key, each.Value)));
            finished = completed && joining.Count == 0 && followed.Count == left.Count;
        }

        LogMerge.Drain(left.ConvertAll(each => each.Cursor), sink, rest: true, stop: () => false);
        foreach (var (number, cursor) in left)
        {
            followed.Remove(number);
            changed.Remove(number);
            watch.Remove(number);
            cursor.Dispose();
        }

        return finished;
    }
}
