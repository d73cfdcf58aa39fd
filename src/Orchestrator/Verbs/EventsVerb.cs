using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>events</c>: the journal as people and programs read it. Reads the file itself, so it needs no supervisor.</summary>
internal sealed class EventsVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Show the events of every project and of the supervisor itself");
    private static readonly ListFlag Filter = new("filter", null, $"Show what matches KEY=VALUE only ({string.Join(", ", EventFilter.Keys)})");
    private static readonly SwitchFlag Follow = new("follow", null, "Go on with the events that come");
    private static readonly SwitchFlag Json = new("json", null, "Output events as a stream of json objects");
    private static readonly TextFlag Since = new("since", null, "Show events from this time on (e.g. 2013-01-02T13:23:37Z or 42m for 42 minutes ago)");
    private static readonly NumberFlag Tail = new("tail", 'n', "Show only this many of the newest");
    private static readonly TextFlag Until = new("until", null, "Show events up to this time");

    public override string Name => "events";

    public override string Summary => "Show what has happened: the whole history of a project, from the journal";

    public override IReadOnlyList<Flag> Flags => [All, Filter, Follow, Json, Since, Tail, Until];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var now = DateTimeOffset.Now;
        var query = new EventQuery
        {
            Since = arguments.Value(Since) is { Length: > 0 } since ? TimeExpression.Parse(since, now) : null,
            Until = arguments.Value(Until) is { Length: > 0 } until ? TimeExpression.Parse(until, now) : null,
            Tail = arguments.Value(Tail),
            Filters = Filters(invocation),
        };
        using var reader = new EventLogReader(invocation.Root.JournalPath, EventCatalog.Types);
        var json = arguments.Has(Json);
        var output = invocation.Output.Out;
        if (!arguments.Has(Follow))
        {
            foreach (var record in reader.Read(query))
            {
                output.WriteLine(json ? record.ToJson() : record.ToText());
            }

            return ExitCode.Success;
        }

        await foreach (var record in reader.Follow(query, invocation.Interrupts.First))
        {
            output.WriteLine(json ? record.ToJson() : record.ToText());
            output.Flush();
        }

        return invocation.Interrupts.Raised ? ExitCode.Interrupted : ExitCode.Success;
    }

    private static ImmutableArray<EventFilter> Filters(Invocation invocation)
    {
        var filters = invocation.Arguments.Values(Filter).Select(EventFilter.Parse)
            .Concat(invocation.Words.Select(service => new EventFilter("service", service))).ToList();
        var chosen = filters.Exists(filter => filter.Key == "project");
        if (!chosen && !invocation.Arguments.Has(All))
        {
            filters.Add(new EventFilter("project", ProjectTarget.Find(invocation).Name));
        }

        return [.. filters];
    }
}
