using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImageTagVerb : Verb
{
    public override string Name => "image tag";

    public override string Summary => "Give an image one more name";

    public override string Operands => "IMAGE NAME";

    public override int LeastOperands => 2;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor, ControlRoutes.ImageTag, new TagImageRequest(invocation.Words[0], invocation.Words[1]), ControlJson.Default.TagImageRequest, "Tagging");
    }
}
