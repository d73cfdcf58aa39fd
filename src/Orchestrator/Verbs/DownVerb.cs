using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class DownVerb : Verb
{
    private static readonly SwitchFlag RemoveOrphans = new("remove-orphans", null, "Remove containers for services not defined in the Compose file");
    private static readonly NumberFlag Timeout = new("timeout", 't', "Specify a shutdown timeout in seconds");
    private static readonly SwitchFlag Volumes = new("volumes", 'v', "Remove named volumes declared in the \"volumes\" section of the Compose file and anonymous volumes attached to containers");

    public override string Name => "down";

    public override string Summary => "Stop and remove containers, networks";

    public override string Operands => "[SERVICES]";

    public override IReadOnlyList<Flag> Flags => [RemoveOrphans, Timeout, Volumes];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.Down(target.Name),
            new DownRequest(
                target.Stack?.Json,
                [.. invocation.Words],
                invocation.Arguments.Has(Volumes),
                invocation.Arguments.Given(RemoveOrphans) ? invocation.Arguments.Has(RemoveOrphans) : target.RemovesOrphans,
                invocation.Arguments.Value(Timeout)),
            ControlJson.Default.DownRequest);
    }
}
