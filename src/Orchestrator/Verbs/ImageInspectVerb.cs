using System.Globalization;
using System.Text.Json;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image inspect</c>: in the form of <c>docker image inspect</c>, and what only we know at the end of it.</summary>
internal sealed class ImageInspectVerb : Verb
{
    private static readonly TextFlag Format = new("format", 'f', "Format output by a template: '{{.Config.Cmd}}', '{{json .RootFS}}', '{{index .RepoTags 0}}'");

    public override string Name => "image inspect";

    public override string Summary => "Display all that is known of one or more images";

    public override string Operands => "IMAGE [IMAGE...]";

    public override IReadOnlyList<Flag> Flags => [Format];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var template = invocation.Arguments.Value(Format) is { Length: > 0 } format and not "json" ? JsonTemplate.Parse(format) : null;
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

        if (template is null)
        {
            JsonOutput.WriteArray(invocation.Output.Out, found, WriteFields, indented: invocation.Arguments.Value(Format) != "json");
            return code;
        }

        foreach (var image in found)
        {
            invocation.Output.Out.WriteLine(template.Render(JsonOutput.Element(image, WriteFields)));
        }

        return code;
    }

    /// <summary>In the order of docker's (moby, api/types/image, InspectResponse).</summary>
    private static void WriteFields(Utf8JsonWriter json, ImageDetails image)
    {
        var configuration = image.Configuration;
        json.WriteString("Id", image.Id);
        WriteList(json, "RepoTags", image.References);
        WriteList(json, "RepoDigests", image.Digests);
        json.WriteString("Parent", "");
        json.WriteString("Comment", LastComment(configuration));
        json.WriteString("Created", Time(image.CreatedAt));
        json.WriteString("Author", Text(configuration, "author"));
        json.WritePropertyName("Config");
        if (configuration.TryGetProperty("config", out var config))
        {
            config.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("Architecture", Text(configuration, "architecture"));
        if (Text(configuration, "variant") is { Length: > 0 } variant)
        {
            json.WriteString("Variant", variant);
        }

        json.WriteString("Os", Text(configuration, "os"));
        json.WriteNumber("Size", image.Size);
        json.WriteStartObject("GraphDriver");
        json.WriteString("Name", "overlayfs");
        json.WriteStartObject("Data");

        // As overlayfs takes them: the topmost first.
        json.WriteString("LowerDir", string.Join(':', image.Layers.Reverse()));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("RootFS");
        json.WriteString("Type", "layers");
        WriteList(json, "Layers", configuration.TryGetProperty("rootfs", out var rootfs) && rootfs.TryGetProperty("diff_ids", out var layers) ? layers.EnumerateArray().Select(layer => layer.GetString() ?? "") : []);
        json.WriteEndObject();
        json.WriteStartObject("Metadata");
        json.WriteString("LastCheckedTime", Time(image.CheckedAt));
        json.WriteEndObject();
        json.WriteString("Platform", image.Platform);
        WriteList(json, "Platforms", image.Platforms);
    }

    private static string LastComment(JsonElement configuration) =>
        configuration.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array && history.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.Object } last ? Text(last, "comment") : "";

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string? Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

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
