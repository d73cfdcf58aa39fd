using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class NetworkRemoveVerb : Verb
{
    private static readonly SwitchFlag Force = new("force", 'f', "Do not complain of a network that does not exist");

    public override string Name => "network rm";

    public override string Summary => "Remove networks that no container is on";

    public override string Operands => "NETWORK [NETWORK...]";

    public override IReadOnlyList<Flag> Flags => [Force];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.NetworkRemove,
            new RemoveNetworksRequest([.. invocation.Words], invocation.Arguments.Has(Force)),
            ControlJson.Default.RemoveNetworksRequest,
            "Removing");
    }
}
