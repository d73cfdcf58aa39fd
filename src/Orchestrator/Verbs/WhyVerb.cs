using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>why [SERVICE…]</c>: what each container is doing, why, and what comes next; then how its runs ended, the newest first. Of removed ones too.</summary>
internal sealed class WhyVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Also containers that have been removed, where others of the service are there");
    private static readonly SwitchFlag Json = new("json", null, "One object a line, for other programs");
    private static readonly NumberFlag Runs = new("runs", 'n', "How many of the newest runs to tell of each container (default 3)");

    public override string Name => "why";

    public override string Summary => "Tell what a service's containers are doing, why, and how they ended before";

    public override IReadOnlyList<Flag> Flags => [All, Json, Runs];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var (arguments, words) = (invocation.Arguments, invocation.Words);
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var histories = Histories(invocation, target.Name);
        foreach (var unknown in words.Where(word => !histories.Any(history => history.Service == word)))
        {
            // Not even in the past.
            target.CheckServices([unknown]);
        }

        var now = DateTimeOffset.UtcNow;
        var most = Math.Max(0, arguments.Value(Runs) ?? 3);
        var told = 0;
        foreach (var history in Chosen(histories, containers, arguments.Has(All)).Where(history => words.Count == 0 || words.Contains(history.Service)))
        {
            var view = containers.FirstOrDefault(container => container.Id == history.Id);
            if (arguments.Has(Json))
            {
                HistoryText.WriteJson(invocation.Output.Out, history, view, most, now);
            }
            else
            {
                HistoryText.Write(invocation.Output.Out, history, view, most, now);
            }

            told++;
        }

        if (told == 0)
        {
            invocation.Output.Error.WriteLine($"nothing is known of {(words.Count == 0 ? "this project's containers" : string.Join(", ", words))}: there never was any, or the journal does not go back so far");
        }

        return ExitCode.Success;
    }

    private static ImmutableArray<ContainerHistory> Histories(Invocation invocation, string project)
    {
        using var reader = new EventLogReader(invocation.Root.JournalPath, EventCatalog.Types);
        var filters = invocation.Words.Select(service => new EventFilter("service", service)).Append(new EventFilter("project", project));
        return ContainerHistory.Of(reader.Read(new EventQuery { Filters = [.. filters] })
            .Select(record => (record.Actor, record.Event)).Where(each => each.Event is not null).Select(each => (each.Actor, each.Event!)));
    }

    /// <summary>Those that are there, by name; and of a service of which none is, the one that went last.</summary>
    private static IEnumerable<ContainerHistory> Chosen(ImmutableArray<ContainerHistory> histories, ImmutableArray<ContainerView> containers, bool all)
    {
        // One that the journal tells nothing of, because it was cut, is there all the same.
        var there = containers.OrderBy(container => container.Name, StringComparer.Ordinal).Select(container =>
            histories.FirstOrDefault(history => history.Id == container.Id)
            ?? new ContainerHistory(container.Id, container.Name, container.Project, container.Service, container.CreatedAt, "", [], null, null));
        var gone = histories.Where(history => containers.All(container => container.Id != history.Id));
        return there.Concat(all ? gone : gone.Where(history => containers.All(container => container.Service != history.Service)).DistinctBy(history => history.Name));
    }
}
