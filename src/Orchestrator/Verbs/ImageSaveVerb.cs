using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Images;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image save</c>: an archive that <c>image load</c>, <c>docker load</c>, podman and skopeo read.</summary>
internal sealed class ImageSaveVerb : Verb
{
    private static readonly TextFlag Output = new("output", 'o', "Write to this file instead of standard output; oci:DIRECTORY[:TAG] writes an OCI layout");

    public override string Name => "image save";

    public override string Summary => "Save images to a tar archive that `image load` and `docker load` read";

    public override string Operands => "IMAGE [IMAGE...]";

    public override IReadOnlyList<Flag> Flags => [Output];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var text = invocation.Arguments.Value(Output);
        var place = text is null ? null : ImagePlace.TryParse(text);
        if (place is { IsLayout: false, Name: not null })
        {
            throw new CommandFailedException($"{text}: in an archive images have their own names; give it another with `image tag` first, or write oci:DIRECTORY:TAG");
        }

        var path = place?.Path ?? text;
        if (path is null && !Console.IsOutputRedirected)
        {
            throw new CommandFailedException("an archive is nothing for a terminal: use -o FILE, or redirect standard output");
        }

        using var supervisor = await invocation.ConnectAsync();
        var query = string.Join('&', invocation.Words.Select(name => "image=" + Uri.EscapeDataString(name)));
        if (path is null)
        {
            await invocation.Output.Out.FlushAsync();
            await supervisor.DownloadAsync($"{ControlRoutes.ImageSave}?{query}", invocation.Output.OutStream, invocation.Interrupts.First);
            return ExitCode.Success;
        }

        if (place is { IsLayout: true })
        {
            await supervisor.DownloadAsync(
                $"{ControlRoutes.ImageSave}?{query}", archive => place.WriteLayoutAsync(archive, invocation.Interrupts.First), invocation.Interrupts.First);
            return ExitCode.Success;
        }

        // Beside the file, then in its place: half an archive looks like a whole one.
        var part = path + ".part";
        try
        {
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                await supervisor.DownloadAsync($"{ControlRoutes.ImageSave}?{query}", file, invocation.Interrupts.First);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        return ExitCode.Success;
    }
}
