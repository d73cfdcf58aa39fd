using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Images;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image load</c>: an archive as <c>docker save</c> or an OCI tool writes it, from a file or standard input.</summary>
internal sealed class ImageLoadVerb : Verb
{
    private static readonly TextFlag Input = new("input", 'i', "Read from this tar archive instead of standard input, or from oci:DIRECTORY[:NAME]");

    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Suppress the load output");

    public override string Name => "image load";

    public override string Summary => "Load images from a tar archive (docker save, OCI layout), compressed or not";

    public override string Operands => "[FILE]";

    public override IReadOnlyList<Flag> Flags => [Input, Quiet];

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var source = invocation.Arguments.Value(Input) ?? invocation.Words.FirstOrDefault();
        if (source is not null && ImagePlace.TryParse(source) is { } place)
        {
            // A layout is a directory: the supervisor reads it where it is.
            using var reader = await invocation.ConnectAsync();
            return await invocation.ShowAsync("Loading", report =>
                reader.UploadAsync($"{ControlRoutes.ImageLoad}?path={Uri.EscapeDataString(place.Text)}", Stream.Null, Heard(report), invocation.Interrupts.First));
        }

        await using var archive = ArchiveInput.Open(source);
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.ShowAsync("Loading", report =>
            supervisor.UploadAsync(ControlRoutes.ImageLoad, archive, Heard(report), invocation.Interrupts.First));

        Action<Progress> Heard(Action<Progress> report) => invocation.Arguments.Has(Quiet) ? progress =>
        {
            if (progress.Kind != "Layer")
            {
                report(progress);
            }
        } : report;
    }
}
