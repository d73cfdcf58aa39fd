using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class VolumeListVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display volume names");

    public override string Name => "volume ls";

    public override string Summary => "List volumes";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Format, Quiet];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var volumes = (await supervisor.GetAsync(ControlRoutes.Volumes, ControlJson.Default.ImmutableArrayVolumeView, CancellationToken.None))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        var output = invocation.Output.Out;
        if (invocation.Arguments.Has(Quiet))
        {
            foreach (var volume in volumes)
            {
                output.WriteLine(volume.Name);
            }
        }
        else if (invocation.Arguments.Value(Format) == "json")
        {
            foreach (var volume in volumes)
            {
                JsonOutput.WriteLine(output, volume, static (json, volume) =>
                {
                    json.WriteString("Driver", volume.Driver);
                    json.WriteString("Labels", string.Join(',', volume.Labels.Select(label => $"{label.Key}={label.Value}")));
                    json.WriteString("Mountpoint", volume.Mountpoint);
                    json.WriteString("Name", volume.Name);
                    json.WriteString("Scope", "local");
                });
            }
        }
        else
        {
            var table = new Table("DRIVER", "VOLUME NAME");
            foreach (var volume in volumes)
            {
                table.Add(volume.Driver, volume.Name);
            }

            table.Write(output);
        }

        return ExitCode.Success;
    }
}
