namespace Devoxx.Supervisor.Logs;

/// <summary>The lines of several logs in the order of their times, each log's own order kept.</summary>
internal static class LogMerge
{
    // Lines between two looks at whether to stop.
    private const int Round = 4096;

    /// <summary>Writes everything up to the end for now of all <paramref name="cursors"/>; false when it was stopped before.</summary>
    /// <param name="rest">Nobody writes any more: begun lines too.</param>
    /// <param name="stop">Asked now and then; it can be gone on with afterwards.</param>
    public static bool Drain(IReadOnlyList<LogCursor> cursors, ILogSink sink, bool rest, Func<bool> stop)
    {
        var live = new List<LogCursor>(cursors.Count);
        foreach (var cursor in cursors)
        {
            if (cursor.HasLine || Advance(cursor, rest))
            {
                live.Add(cursor);
            }
        }

        var left = Round;
        while (live.Count > 0)
        {
            var (first, second) = Earliest(live);
            do
            {
                if (--left == 0)
                {
                    if (stop())
                    {
                        return false;
                    }

                    left = Round;
                }

                sink.Write(first.Current);
                if (!Advance(first, rest))
                {
                    live.Remove(first);
                    break;
                }
            }
            while (second is null || first.Time.SequenceCompareTo(second.Time) <= 0);
        }

        return true;
    }

    private static bool Advance(LogCursor cursor, bool rest) => rest ? cursor.MoveToRest() : cursor.MoveNext();

    // The one whose line is earliest, and the next after it; among equals, in the order in which they were given.
    private static (LogCursor First, LogCursor? Second) Earliest(List<LogCursor> live)
    {
        if (live.Count == 1)
        {
            return (live[0], null);
        }

        var (first, second) = live[1].Time.SequenceCompareTo(live[0].Time) < 0 ? (live[1], live[0]) : (live[0], live[1]);
        for (var i = 2; i < live.Count; i++)
        {
            if (live[i].Time.SequenceCompareTo(first.Time) < 0)
            {
                (first, second) = (live[i], first);
            }
            else if (live[i].Time.SequenceCompareTo(second.Time) < 0)
            {
                second = live[i];
            }
        }

        return (first, second);
    }
}
