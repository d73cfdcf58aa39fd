using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image load</c>: an archive as <c>docker save</c> or an OCI tool writes it, from a file or standard input.</summary>
internal sealed class ImageLoadVerb : Verb
{
    private static readonly TextFlag Input = new("input", 'i', "Read from this tar archive instead of standard input");

    public override string Name => "image load";

    public override string Summary => "Load images from a tar archive (docker save, OCI layout), compressed or not";

    public override string Operands => "[FILE]";

    public override IReadOnlyList<Flag> Flags => [Input];

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        await using var archive = ArchiveInput.Open(invocation.Arguments.Value(Input) ?? invocation.Words.FirstOrDefault());
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.ShowAsync("Loading", report =>
            supervisor.UploadAsync(ControlRoutes.ImageLoad, archive, report, invocation.Interrupts.First));
    }
}
