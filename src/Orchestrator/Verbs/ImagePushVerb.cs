using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImagePushVerb : Verb
{
    public override string Name => "image push";

    public override string Summary => "Push images to the registries that their names say";

    public override string Operands => "IMAGE [IMAGE...]";

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor, ControlRoutes.ImagePush, new PullImagesRequest([.. invocation.Words]), ControlJson.Default.PullImagesRequest, "Pushing");
    }
}
