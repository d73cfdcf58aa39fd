using System.Text.Json;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class ImageInspectVerb : Verb
{
    public override string Name => "image inspect";

    public override string Summary => "Display all that is known of one or more images";

    public override string Operands => "IMAGE [IMAGE...]";

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var found = new List<ImageDetails>();
        var code = ExitCode.Success;
        foreach (var name in invocation.Words)
        {
            try
            {
                found.Add(await supervisor.GetAsync($"{ControlRoutes.ImageInspect}?image={Uri.EscapeDataString(name)}", ControlJson.Default.ImageDetails, CancellationToken.None));
            }
            catch (CommandFailedException missing)
            {
                invocation.Output.Fail(missing.Message);
                code = ExitCode.Failure;
            }
        }

        JsonOutput.WriteArray(invocation.Output.Out, found, WriteFields, indented: true);
        return code;
    }

    private static void WriteFields(Utf8JsonWriter json, ImageDetails image)
    {
        json.WriteString("Id", image.Id);
        WriteList(json, "RepoTags", image.References);
        json.WriteString("Created", image.CreatedAt?.ToString("O"));
        json.WriteString("Platform", image.Platform);
        json.WriteNumber("Size", image.Size);
        json.WriteString("CheckedAt", image.CheckedAt?.ToString("O"));
        WriteList(json, "Layers", image.Layers);
        json.WritePropertyName("Config");
        image.Configuration.WriteTo(json);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
