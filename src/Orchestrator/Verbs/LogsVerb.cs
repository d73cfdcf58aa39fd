using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.EventLog;
using Devoxx.Supervisor.Logs;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>logs</c>: everything to standard output, as the reference has it.</summary>
internal sealed class LogsVerb : Verb
{
    private static readonly SwitchFlag Follow = new("follow", 'f', "Follow log output");
    private static readonly NumberFlag Index = new("index", null, "index of the container if service has multiple replicas");
    private static readonly SwitchFlag NoColor = new("no-color", null, "Produce monochrome output");
    private static readonly SwitchFlag NoLogPrefix = new("no-log-prefix", null, "Don't print prefix in logs");
    private static readonly TextFlag Since = new("since", null, "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)");
    private static readonly TextFlag Tail = new("tail", 'n', "Number of lines to show from the end of the logs for each container (default \"all\")");
    private static readonly SwitchFlag Timestamps = new("timestamps", 't', "Show timestamps");
    private static readonly TextFlag Until = new("until", null, "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)");

    public override string Name => "logs";

    public override string Summary => "View output from containers";

    public override IReadOnlyList<Flag> Flags => [Follow, Index, NoColor, NoLogPrefix, Since, Tail, Timestamps, Until];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var index = arguments.Value(Index) ?? 0;
        if (index > 0 && invocation.Words.Count != 1)
        {
            throw new CommandFailedException("--index requires one service to be selected");
        }

        var query = Query(arguments);
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        bool Wanted(ContainerView container) => !container.IsOneOff && (index == 0 || container.Number == index)
            && (invocation.Words.Count > 0 ? invocation.Words.Contains(container.Service) : ShownUnasked(target.Stack, container.Service));
        using var supervisor = await connecting;
        var containers = (await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None)).Where(Wanted).ToList();
        var style = new LogStyle(invocation.Output.Colour && !arguments.Has(NoColor), !arguments.Has(NoLogPrefix));
        var prefixes = new LogPrefixes(style, containers.Select(ContainerText.ShortName));
        invocation.Output.Out.Flush();
        if (arguments.Has(Follow))
        {
            return await FollowAsync(invocation, supervisor, target.Name, containers, Wanted, prefixes, query);
        }

        var sources = containers.ConvertAll(container =>
            new LogSource($"{container.LogDirectory}/log", container.Name) { Prefix = prefixes.Of(ContainerText.ShortName(container)) });
        LogReader.Read(sources, query, new LogPrinter(invocation.Output.OutStream, invocation.Output.OutStream, arguments.Has(Timestamps)));
        return ExitCode.Success;
    }

    /// <summary>Without names: what the stack file knows, but for <c>attach: false</c>; everything if there is no file.</summary>
    private static bool ShownUnasked(Stack? stack, string service) =>
        stack is null || (stack.Knows(service) && (!stack.Project.Services.TryGetValue(service, out var definition) || (definition.Attach ?? true)));

    private static LogQuery Query(ParsedArguments arguments)
    {
        var now = DateTimeOffset.Now;
        return new LogQuery
        {
            Since = arguments.Value(Since) is { Length: > 0 } since ? TimeExpression.Parse(since, now) : null,
            Until = arguments.Value(Until) is { Length: > 0 } until ? TimeExpression.Parse(until, now) : null,
            Tail = arguments.Value(Tail) switch
            {
                null or "" or "all" => null,
                var text when int.TryParse(text, out var lines) => lines < 0 ? null : lines,
                var text => throw new CommandFailedException($"invalid --tail \"{text}\": a number of lines, or all"),
            },
        };
    }

    private static async Task<int> FollowAsync(
        Invocation invocation, SupervisorConnection supervisor, string project, List<ContainerView> containers, Func<ContainerView, bool> wanted, LogPrefixes prefixes, LogQuery query)
    {
        using var session = new LogSession(
            wanted, wanted, prefixes, invocation.Output.OutStream, invocation.Output.OutStream, query, invocation.Arguments.Has(Timestamps));
        containers.ForEach(session.Observe);
        session.MayFinish();
        using var watching = new CancellationTokenSource();
        var watch = ContainerWatch.RunAsync(supervisor, project, session.Observe, watching.Token);
        try
        {
            await session.Finished.WaitAsync(invocation.Interrupts.First);
            await session.CloseAsync();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (invocation.Interrupts.Raised)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }
}
