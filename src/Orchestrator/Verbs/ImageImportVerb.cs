using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image import</c>: an image of one layer out of the tar of a root filesystem.</summary>
internal sealed class ImageImportVerb : Verb
{
    public override string Name => "image import";

    public override string Summary => "Make an image from the tar archive of a root filesystem";

    public override string Operands => "FILE|- REFERENCE";

    public override int LeastOperands => 2;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        await using var archive = ArchiveInput.Open(invocation.Words[0]);
        using var supervisor = await invocation.ConnectAsync();
        var path = $"{ControlRoutes.ImageImport}?reference={Uri.EscapeDataString(invocation.Words[1])}";
        return await invocation.ShowAsync("Importing", report =>
            supervisor.UploadAsync(path, archive, report, invocation.Interrupts.First));
    }
}
