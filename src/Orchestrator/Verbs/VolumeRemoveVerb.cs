using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class VolumeRemoveVerb : Verb
{
    private static readonly SwitchFlag Force = new("force", 'f', "Do not complain of a volume that does not exist");

    public override string Name => "volume rm";

    public override string Summary => "Remove volumes and all data in them";

    public override string Operands => "VOLUME [VOLUME...]";

    public override IReadOnlyList<Flag> Flags => [Force];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.VolumeRemove,
            new RemoveVolumesRequest([.. invocation.Words], invocation.Arguments.Has(Force)),
            ControlJson.Default.RemoveVolumesRequest,
            "Removing");
    }
}
