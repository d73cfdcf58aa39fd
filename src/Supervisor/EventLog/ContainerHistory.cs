using System.Collections.Immutable;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.EventLog;

/// <summary>A container's runs as the journal has them, whether it is still there or not. Pure.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="Runs">The newest first.</param>
/// <param name="RemovedAt">Null: it is there.</param>
public sealed record ContainerHistory(
    string Id, string Name, string Project, string Service, DateTimeOffset? CreatedAt, string CreatedBecause, ImmutableArray<RunRecord> Runs, DateTimeOffset? RemovedAt, string? RemovedBecause)
{
    private const string OfContainer = "container-", OfCgroup = "cgroup-";

    /// <summary>Of every container among the events, the one that was heard of last first.</summary>
    /// <param name="events">In the order they were written, each with the actor that wrote it.</param>
    public static ImmutableArray<ContainerHistory> Of(IEnumerable<(string Actor, IEvent Event)> events)
    {
        var histories = new Dictionary<string, ContainerHistory>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var (actor, happened) in events)
        {
            var id = actor.StartsWith(OfContainer, StringComparison.Ordinal) ? actor[OfContainer.Length..]
                : actor.StartsWith(OfCgroup, StringComparison.Ordinal) ? actor[OfCgroup.Length..]
                : null;
            if (id is null)
            {
                continue;
            }

            var subject = happened.Subject;
            var before = histories.GetValueOrDefault(id)
                ?? new ContainerHistory(id, subject.Container ?? id[..12], subject.Project ?? "", subject.Service ?? "", null, "", [], null, null);
            histories[id] = before.Take(happened);
            order.Remove(id);
            order.Add(id);
        }

        order.Reverse();
        return [.. order.Select(id => histories[id])];
    }

    private ContainerHistory Take(IEvent happened) => happened switch
    {
        ContainerCreated e => this with { Name = e.Spec.Name, CreatedAt = e.At, CreatedBecause = e.Cause },
        ContainerStartRequested e => this with
        {
            Runs = Runs.Insert(0, new RunRecord(e.Run) { StartedBecause = e.Cause, StartedBy = e.StartedBy, Attempt = e.Attempt }),
        },
        ContainerStarted e => With(e.Run, run => run with { StartedAt = e.At, Pid = e.Pid, BootId = e.BootId }),
        ContainerStartFailed e => With(e.Run, run => run with { Failure = e }),
        ContainerExited e => With(e.Run, run => run with
        {
            Exit = e,
            StartedBecause = run.StartedBecause.Length > 0 ? run.StartedBecause : e.StartedBecause ?? "",
            StartedBy = run.StartedBy ?? e.StartedBy,
            Attempt = Math.Max(run.Attempt, e.Attempt),
            StartedAt = run.StartedAt ?? e.StartedAt,
            Pid = run.Pid ?? e.Pid,
            BootId = run.BootId ?? e.BootId,
        }),
        ContainerHealthChanged e => Meanwhile(e.Run, e.At, $"{InWords.Health(e.Status)}: {e.Reason}"),
        ContainerNotified e => Meanwhile(e.Run, e.At, $"it said: {e.State}{(e.Status is { Length: > 0 } status ? $" ({status})" : "")}"),
        ContainerEndRequested e => Meanwhile(e.Run, e.At, $"ended by {Native.Processes.Signal.Name(e.Signal)}: {e.Reason}"),
        ContainerSignalled e => Newest(e.At, $"{Native.Processes.Signal.Name(e.Signal)}: {e.Cause}"),
        ContainerStopRequested e => Newest(e.At, $"asked to stop: {e.Cause}"),
        CgroupOomKilled e => Meanwhile(e.Run, e.At, InWords.MemoryKills(e.OomKills)),
        ContainerRestartScheduled e => After($"restarted after {InWords.Span(e.Delay)}, attempt {e.Attempt}{(e.MaxAttempts is { } most ? $" of {most}" : "")}"),
        ContainerGaveUp e => After($"gave up: {e.Reason}"),
        ContainerRemoveRequested e => this with { RemovedBecause = e.Cause },
        ContainerRemoved e => this with { RemovedAt = e.At },
        _ => this,
    };

    private ContainerHistory With(int run, Func<RunRecord, RunRecord> change)
    {
        var index = Runs.IndexOf(Runs.FirstOrDefault(each => each.Run == run) ?? new RunRecord(-1));
        return index >= 0
            ? this with { Runs = Runs.SetItem(index, change(Runs[index])) }
            // What came before is not in the journal any more.
            : this with { Runs = Runs.Insert(0, change(new RunRecord(run))) };
    }

    private ContainerHistory Meanwhile(int run, DateTimeOffset at, string text) =>
        With(run, record => record with { Incidents = record.Incidents.Add(new RunIncident(at, text)) });

    private ContainerHistory Newest(DateTimeOffset at, string text) => Runs.IsEmpty ? this : Meanwhile(Runs[0].Run, at, text);

    private ContainerHistory After(string text) => Runs.IsEmpty ? this : With(Runs[0].Run, run => run with { Then = text });
}
