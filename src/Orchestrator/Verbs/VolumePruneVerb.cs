using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>volume prune</c>. It asks first: what is in a volume is nowhere else.</summary>
internal sealed class VolumePruneVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Remove all volumes that no container has, not just anonymous ones");
    private static readonly SwitchFlag Force = new("force", 'f', "Don't ask to confirm removal");

    public override string Name => "volume prune";

    public override string Summary => "Remove anonymous volumes that no container has, running or not, with all data in them";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [All, Force];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var all = invocation.Arguments.Has(All);
        if (!invocation.Arguments.Has(Force) && !invocation.Global.IsDryRun
            && !Confirmation.Given(invocation, $"Going to remove all {(all ? "" : "anonymous ")}volumes that no container has, with their data"))
        {
            return ExitCode.Success;
        }

        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor, ControlRoutes.VolumePrune, new PruneRequest(all), ControlJson.Default.PruneRequest, "Removing");
    }
}
