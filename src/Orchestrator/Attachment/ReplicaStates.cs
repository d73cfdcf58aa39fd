using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// What is known of the replicas that somebody watches, and what is to be told of each news. Pure. News may come twice and
/// out of order (from the stream of changes and from a query): older news of a replica changes nothing.
/// </summary>
/// <param name="since">What ended before is no news.</param>
internal sealed class ReplicaStates(DateTimeOffset since)
{
    private readonly Dictionary<string, ContainerView> known = [];
    private readonly Dictionary<string, (int Run, string Health)> healths = [];
    private readonly Dictionary<string, (int Run, int Kills)> kills = [];

    /// <summary>Every replica has stopped for good. A replica that waits for its restart has not.</summary>
    public bool AllStopped => known.Values.All(container => Rank(container) >= Stopped);

    private const int Ended = 2;
    private const int Stopped = 3;

    /// <summary>Takes in what is known of one container now; returns how a run of it has ended if that is news.</summary>
    public ReplicaExit? Observe(ContainerView now)
    {
        if (!known.TryGetValue(now.Id, out var before))
        {
            known.Add(now.Id, now);
            return Rank(now) >= Ended && now.FinishedAt >= since ? ExitOf(now) : null;
        }

        if ((now.Run, Rank(now)).CompareTo((before.Run, Rank(before))) < 0)
        {
            return null;
        }

        known[now.Id] = now;
        return Rank(now) >= Ended && now.FinishedAt is not null && (now.Run > before.Run || Rank(before) < Ended) ? ExitOf(now) : null;
    }

    /// <summary>That a container has become healthy or unhealthy, in words, if that is news.</summary>
    public string? ObserveHealth(ContainerView now)
    {
        var before = healths.GetValueOrDefault(now.Id);
        var health = now.State == "running" ? now.Health ?? "" : "";
        if (now.Run < before.Run)
        {
            return null;
        }

        healths[now.Id] = (now.Run, health);
        return health is "healthy" or "unhealthy" && before.Run > 0 && (before.Run, before.Health) != (now.Run, health)
            ? $"is {health}{(health == "unhealthy" && now.Status.Length > 0 ? $": {now.Status}" : "")}"
            : null;
    }

    /// <summary>That the kernel has killed something in a container that lives on, in words, if that is news.</summary>
    public string? ObserveKills(ContainerView now)
    {
        var before = kills.GetValueOrDefault(now.Id);
        if (now.Run < before.Run)
        {
            return null;
        }

        kills[now.Id] = (now.Run, now.MemoryKills);
        return now.MemoryKills > 0 && before.Run > 0 && now.MemoryKills > (now.Run == before.Run ? before.Kills : 0)
            ? $"is {InWords.MemoryKills(now.MemoryKills)}"
            : null;
    }

    /// <summary>How far in the life of one run it is. What restarts and has no end is already starting again.</summary>
    private static int Rank(ContainerView container) => container.State switch
    {
        "created" => 0,
        "restarting" => container.FinishedAt is null ? 0 : Ended,
        "exited" or "dead" => Stopped,
        "removing" => Stopped + 1,
        _ => 1,
    };

    private static ReplicaExit ExitOf(ContainerView container)
    {
        var restarts = container.State == "restarting";
        var text = $"exited with code {container.ExitCode ?? 0}{(restarts ? " (restarting)" : "")}";
        return new ReplicaExit(
            container.Service, container.ExitCode ?? 0, restarts,
            container.OutOfMemory && container.Status.Length > 0 ? $"{text}, {container.Status}" : text);
    }
}

/// <summary>The end of a run.</summary>
/// <param name="Restarts">Its policy starts another.</param>
/// <param name="Text">For people: <c>exited with code 1 (restarting)</c>.</param>
internal sealed record ReplicaExit(string Service, int Code, bool Restarts, string Text);
