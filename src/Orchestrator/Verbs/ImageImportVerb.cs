using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image import</c>: an image of one layer out of the tar of a root filesystem.</summary>
internal sealed class ImageImportVerb : Verb
{
    private static readonly ListFlag Change = new("change", 'c', "Apply Dockerfile instruction to the created image");
    private static readonly TextFlag Message = new("message", 'm', "Set commit message for imported image");
    private static readonly TextFlag Platform = new("platform", null, "What it is made for, e.g. linux/arm64; else this machine");

    public override string Name => "image import";

    public override string Summary => "Make an image from the tar archive of a root filesystem";

    public override string Operands => "FILE|- [REFERENCE]";

    public override IReadOnlyList<Flag> Flags => [Change, Message, Platform];

    public override int LeastOperands => 1;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        await using var archive = ArchiveInput.Open(invocation.Words[0]);
        using var supervisor = await invocation.ConnectAsync();
        var query = invocation.Arguments.Values(Change).Select(change => "change=" + Uri.EscapeDataString(change))
            .Append("reference=" + Uri.EscapeDataString(invocation.Words.ElementAtOrDefault(1) ?? ""))
            .Append("message=" + Uri.EscapeDataString(invocation.Arguments.Value(Message) ?? ""))
            .Append("platform=" + Uri.EscapeDataString(invocation.Arguments.Value(Platform) ?? ""));
        var path = $"{ControlRoutes.ImageImport}?{string.Join('&', query)}";
        return await invocation.ShowAsync("Importing", report =>
            supervisor.UploadAsync(path, archive, report, invocation.Interrupts.First));
    }
}
