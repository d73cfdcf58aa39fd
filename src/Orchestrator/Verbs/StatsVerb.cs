using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>stats</c>: what containers use, once or again each second. Rates are made here of two readings.</summary>
internal sealed class StatsVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly SwitchFlag All = new("all", 'a', "Show all containers (default shows just running)");
    private static readonly TextFlag Format = new("format", null, "Format output using a custom template: table, json, 'table {{.Name}}\t{{.CPUPerc}}'");
    private static readonly SwitchFlag NoStream = new("no-stream", null, "Disable streaming stats and only pull the first result");
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Do not truncate output");

    public override string Name => "stats";

    public override string Summary => "Display a live stream of container(s) resource usage statistics";

    public override string Operands => "[SERVICE]";

    public override IReadOnlyList<Flag> Flags => [All, Format, NoStream, NoTrunc];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var list = new UsageList(arguments.Value(Format), !arguments.Has(NoTrunc));
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var stop = invocation.Interrupts.First;
        var before = await ReadAsync(invocation, supervisor, target.Name, stop);
        var live = invocation.Output.Terminal.OutIsTerminal && !arguments.Has(NoStream);
        try
        {
            while (true)
            {
                await Task.Delay(Interval, stop);
                var now = await ReadAsync(invocation, supervisor, target.Name, stop);
                if (live)
                {
                    invocation.Output.Out.Write(Ansi.Home + Ansi.EraseBelow);
                }

                list.Write(invocation.Output.Out, Rows(before, now));
                invocation.Output.Out.Flush();
                if (arguments.Has(NoStream))
                {
                    return ExitCode.Success;
                }

                before = now;
            }
        }
        catch (OperationCanceledException) when (invocation.Interrupts.Raised)
        {
            return live ? ExitCode.Success : ExitCode.Interrupted;
        }
    }

    /// <summary>What each container has used by now; without a reading for one that does not run.</summary>
    private sealed record Reading(ContainerView Container, UsageView? Usage);

    private static async Task<ImmutableArray<Reading>> ReadAsync(Invocation invocation, SupervisorConnection supervisor, string project, CancellationToken stop)
    {
        var containers = await supervisor.GetAsync(ControlRoutes.Containers(project), ControlJson.Default.ImmutableArrayContainerView, stop);
        var usages = (await supervisor.GetAsync(ControlRoutes.Usage(project), ControlJson.Default.ImmutableArrayUsageView, stop)).ToDictionary(usage => usage.Id);
        return
        [
            .. containers
                .Where(container => invocation.Words.Count == 0 || invocation.Words.Contains(container.Service))
                .Where(container => invocation.Arguments.Has(All) || usages.ContainsKey(container.Id))
                .OrderBy(container => container.Name, StringComparer.Ordinal)
                .Select(container => new Reading(container, usages.GetValueOrDefault(container.Id))),
        ];
    }

    private static IEnumerable<UsageRow> Rows(ImmutableArray<Reading> before, ImmutableArray<Reading> now) => now.Select(
        reading => new UsageRow(reading.Container, reading.Usage, before.FirstOrDefault(each => each.Container.Id == reading.Container.Id)?.Usage));
}
