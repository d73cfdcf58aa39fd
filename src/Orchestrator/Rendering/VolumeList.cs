using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>The output of <c>volume ls</c> and <c>volumes</c>: names, a table, JSON lines, or a format of the user's.</summary>
internal static class VolumeList
{
    public static void Write(TextWriter output, IEnumerable<VolumeView> volumes, bool quiet, string? format)
    {
        switch (format)
        {
            case var _ when quiet:
                foreach (var volume in volumes)
                {
                    output.WriteLine(volume.Name);
                }

                break;
            case null or "" or "table":
                var table = new Table("DRIVER", "VOLUME NAME");
                foreach (var volume in volumes)
                {
                    table.Add(volume.Driver, volume.Name);
                }

                table.Write(output);
                break;
            case "json" or "{{json .}}":
                foreach (var volume in volumes)
                {
                    JsonOutput.WriteLine(output, volume, static (json, volume) =>
                    {
                        foreach (var name in Fields)
                        {
                            json.WriteString(name, Field(volume, name));
                        }
                    });
                }

                break;
            default:
                Template.Parse(format).Write(output, volumes, Field, static name => name == "Name" ? "VOLUME NAME" : name.ToUpperInvariant());
                break;
        }
    }

    private static readonly string[] Fields = ["Driver", "Labels", "Mountpoint", "Name", "Scope"];

    /// <summary>A field by its name in a template of docker's; null when there is none of that name.</summary>
    private static string? Field(VolumeView volume, string name) => name switch
    {
        "Driver" => volume.Driver,
        "Labels" => string.Join(',', volume.Labels.Select(label => $"{label.Key}={label.Value}")),
        "Mountpoint" => volume.Mountpoint,
        "Name" => volume.Name,
        "Scope" => "local",
        _ => null,
    };
}
