using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image prune</c>. It asks nothing: what no container was made from and has no name is of no use to anybody.</summary>
internal sealed class ImagePruneVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Remove all images that no container was made from, not just those without a name");
    private static readonly SwitchFlag Force = new("force", 'f', "Accepted for scripts that were written for docker; there is no question to skip");

    public override string Name => "image prune";

    public override string Summary => "Remove unused images, and what interrupted pulls have left";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [All, Force];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.ShowAsync("Removing", report => supervisor.UploadAsync(
            ControlRoutes.ImagePrune + (invocation.Arguments.Has(All) ? "?all=true" : ""), Stream.Null, report, invocation.Interrupts.First));
    }
}
