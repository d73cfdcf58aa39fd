using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class NetworkPruneVerb : Verb
{
    private static readonly SwitchFlag Force = new("force", 'f', "Do not ask; nothing is asked anyway") { Hidden = true };

    public override string Name => "network prune";

    public override string Summary => "Remove all networks that no container is on";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Force];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor, ControlRoutes.NetworkPrune, new PruneRequest(), ControlJson.Default.PruneRequest, "Removing");
    }
}
