using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImagePullVerb : Verb
{
    private static readonly TextFlag Platform = new("platform", null, "Pull for this platform, e.g. linux/arm64, if the image is made for several");

    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Pull without printing progress information");

    public override string Name => "image pull";

    public override string Summary => "Pull images from their registries";

    public override string Operands => "IMAGE [IMAGE...]";

    public override IReadOnlyList<Flag> Flags => [Platform, Quiet];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var request = new PullImagesRequest([.. invocation.Words], invocation.Arguments.Value(Platform));
        return await invocation.ShowAsync("Pulling", report => supervisor.PerformAsync(
            ControlRoutes.ImagePull, request, ControlJson.Default.PullImagesRequest, invocation.Arguments.Has(Quiet) ? _ => { } : report, invocation.Interrupts.First));
    }
}
