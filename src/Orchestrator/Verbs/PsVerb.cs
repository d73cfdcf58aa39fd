using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class PsVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Show all stopped containers (including those created by the run command)");
    private static readonly TextFlag Filter = new("filter", null, "Filter services by a property (supported filters: status)");
    private static readonly TextFlag Format = new("format", null, "Format output: table, json, or a template: '{{.Name}}', 'table {{.Name}}\\t{{.Status}}'");
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");
    private static readonly SwitchFlag Orphans = new("orphans", null, "Include orphaned services (not declared by project) (default true)");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display IDs");
    private static readonly SwitchFlag Services = new("services", null, "Display services");
    private static readonly ListFlag Status = new("status", null, "Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]");

    public override string Name => "ps";

    public override string Summary => "List containers";

    public override IReadOnlyList<Flag> Flags => [All, Filter, Format, NoTrunc, Orphans, Quiet, Services, Status];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var states = WantedStates(arguments);
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var declaredOnly = arguments.Given(Orphans) && !arguments.Has(Orphans) ? target.Stack : null;
        var shown = containers
            .Where(container => invocation.Words.Count == 0 || invocation.Words.Contains(container.Service))
            .Where(container => declaredOnly is null || declaredOnly.Project.Services.ContainsKey(container.Service))
            .Where(container => !container.IsOneOff || arguments.Has(All))
            .Where(container => states.Count > 0
                ? states.Contains(container.State)
                : arguments.Has(All) || container.State is "running" or "paused" or "restarting" or "removing")
            .OrderBy(container => container.Name, StringComparer.Ordinal).ToList();
        Write(invocation.Output.Out, arguments, shown);
        return ExitCode.Success;
    }

    private static List<string> WantedStates(ParsedArguments arguments)
    {
        var states = arguments.Values(Status).ToList();
        if (arguments.Value(Filter) is { } filter)
        {
            var equals = filter.IndexOf('=');
            states.Add(equals < 0 ? throw new CommandFailedException("arguments to --filter should be in form KEY=VAL")
                : filter[..equals] == "status" ? filter[(equals + 1)..]
                : throw new CommandFailedException($"unknown filter {filter[..equals]}"));
        }

        return states;
    }

    private static void Write(TextWriter output, ParsedArguments arguments, List<ContainerView> shown)
    {
        var truncate = !arguments.Has(NoTrunc);
        var now = DateTimeOffset.UtcNow;
        if (arguments.Has(Quiet))
        {
            shown.ForEach(container => output.WriteLine(container.Id));
        }
        else if (arguments.Has(Services))
        {
            foreach (var service in shown.Select(container => container.Service).Distinct())
            {
                output.WriteLine(service);
            }
        }
        else if (arguments.Value(Format) is not { Length: > 0 } format || format == "table")
        {
            ContainerList.WriteTable(output, shown, truncate, now);
        }
        else if (format is "json" or "{{json .}}")
        {
            ContainerList.WriteJson(output, shown, truncate, now);
        }
        else
        {
            Template.Parse(format).Write(
                output, shown, (container, name) => ContainerList.Field(container, name, truncate, now), ContainerList.Heading);
        }
    }
}
