using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class VolumeInspectVerb : Verb
{
    public override string Name => "volume inspect";

    public override string Summary => "Display all that is known of one or more volumes";

    public override string Operands => "VOLUME [VOLUME...]";

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var volumes = await supervisor.GetAsync(ControlRoutes.Volumes, ControlJson.Default.ImmutableArrayVolumeView, CancellationToken.None);
        var found = new List<VolumeView>();
        var code = ExitCode.Success;
        foreach (var name in invocation.Words)
        {
            if (volumes.FirstOrDefault(volume => volume.Name == name) is { } volume)
            {
                found.Add(volume);
            }
            else
            {
                invocation.Output.Fail($"no such volume: {name}");
                code = ExitCode.Failure;
            }
        }

        JsonOutput.WriteArray(invocation.Output.Out, found, WriteFields, indented: true);
        return code;
    }

    private static void WriteFields(Utf8JsonWriter json, VolumeView volume)
    {
        json.WriteString("CreatedAt", volume.CreatedAt);
        json.WriteString("Driver", volume.Driver);
        WriteMap(json, "Labels", volume.Labels);
        json.WriteString("Mountpoint", volume.Mountpoint);
        json.WriteString("Name", volume.Name);
        WriteMap(json, "Options", volume.Options);
        json.WriteString("Scope", "local");
        json.WriteBoolean("Anonymous", volume.Anonymous);
        json.WriteBoolean("Mounted", volume.Mounted);
        json.WriteString("Project", volume.Project);
        json.WriteStartArray("UsedBy");
        foreach (var user in volume.UsedBy)
        {
            json.WriteStringValue(user);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
