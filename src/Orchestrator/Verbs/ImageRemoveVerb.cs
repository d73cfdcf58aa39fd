using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImageRemoveVerb : Verb
{
    private static readonly SwitchFlag Force = new("force", 'f', "Remove references that containers were made from too");

    public override string Name => "image rm";

    public override string Summary => "Remove images";

    public override string Operands => "IMAGE [IMAGE...]";

    public override IReadOnlyList<Flag> Flags => [Force];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.ImageRemove,
            new RemoveImagesRequest([.. invocation.Words], invocation.Arguments.Has(Force)),
            ControlJson.Default.RemoveImagesRequest,
            "Removing");
    }
}
