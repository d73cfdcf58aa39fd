using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImagePushVerb : Verb
{
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Push without printing progress information");

    public override string Name => "image push";

    public override string Summary => "Push images to the registries that their names say";

    public override string Operands => "IMAGE [IMAGE...]";

    public override IReadOnlyList<Flag> Flags => [Quiet];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.ShowAsync("Pushing", report => supervisor.PerformAsync(
            ControlRoutes.ImagePush, new PullImagesRequest([.. invocation.Words]), ControlJson.Default.PullImagesRequest, invocation.Arguments.Has(Quiet) ? _ => { } : report, invocation.Interrupts.First));
    }
}
