using System.Globalization;

namespace Devoxx.Native.Processes;

/// <summary>
/// A process with all that came of it: its descendants, and whoever is in its session, where those whose parent has ended
/// still are (they have a new parent). Only what has made a session of its own and lost its parent is not found.
/// </summary>
public static class ProcessTree
{
    // Whoever forks while the list is read is found by the next; a bomb is the cgroup's business.
    private const int MostRounds = 100;

    /// <summary>Sends SIGKILL to all of them, again until none is left that was not yet killed.</summary>
    /// <param name="session">Its first process, whose pid is the session's number too.</param>
    public static void Kill(int session)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var members = Members(session, Stats());
            foreach (var pid in members)
            {
                using var process = PidFd.TryOpen(pid);
                process?.SendSignal(Signal.Kill);
            }

            if (members.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>The sessions that the children of a process are in, but for its own. Their first processes may have ended.</summary>
    public static IReadOnlyCollection<int> SessionsBelow(int parent)
    {
        var stats = Stats();
        var sessions = new HashSet<int>();
        foreach (var stat in stats.Values)
        {
            if (stat.ParentPid == parent && stat.IsAlive)
            {
                sessions.Add(stat.Session);
            }
        }

        sessions.Remove(stats.TryGetValue(parent, out var own) ? own.Session : 0);
        return sessions;
    }

    /// <summary>Descriptors of the living of the tree: they stay those processes' even when their parents have ended.</summary>
    public static IReadOnlyList<PidFd> Open(int root)
    {
        var stats = Stats();
        var processes = new List<PidFd>();
        foreach (var pid in Members(root, stats))
        {
            if (PidFd.TryOpen(pid) is { } process)
            {
                // Its pid may have become another's since the list was read.
                if (ProcessStat.Of(pid)?.StartTime == stats[pid].StartTime)
                {
                    processes.Add(process);
                }
                else
                {
                    process.Dispose();
                }
            }
        }

        return processes;
    }

    /// <summary>The living of the tree. Pure.</summary>
    public static IReadOnlyCollection<int> Members(int session, IReadOnlyDictionary<int, ProcessStat> stats)
    {
        var known = new HashSet<int> { session };
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var (pid, stat) in stats)
            {
                grown |= (stat.Session == session || known.Contains(stat.ParentPid)) && known.Add(pid);
            }
        }

        known.RemoveWhere(pid => !stats.TryGetValue(pid, out var stat) || !stat.IsAlive);
        return known;
    }

    private static Dictionary<int, ProcessStat> Stats()
    {
        var stats = new Dictionary<int, ProcessStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && ProcessStat.Of(pid) is { } stat)
            {
                stats[pid] = stat;
            }
        }

        return stats;
    }
}
