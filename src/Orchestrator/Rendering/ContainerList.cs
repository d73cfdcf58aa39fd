using System.Text.Json;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>The output of <c>ps</c>: as a table, as JSON lines, or by a format of the user's.</summary>
internal static class ContainerList
{
    public static void WriteTable(TextWriter output, IEnumerable<ContainerView> containers, bool truncate, DateTimeOffset now)
    {
        var table = new Table("NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS");
        foreach (var container in containers)
        {
            table.Add(
                container.Name,
                container.Image,
                ContainerText.Command(container, truncate),
                container.Service,
                ContainerText.CreatedAgo(container, now),
                ContainerText.StatusAndReason(container, now, truncate),
                PortText.Of(container));
        }

        table.Write(output);
    }

    /// <summary>One object a line; the names and forms are those of <c>docker compose ps --format json</c>, and <c>Reason</c> is ours.</summary>
    public static void WriteJson(TextWriter output, IEnumerable<ContainerView> containers, bool truncate, DateTimeOffset now)
    {
        foreach (var container in containers)
        {
            JsonOutput.WriteLine(output, container, (json, container) => WriteFields(json, container, truncate, now));
        }
    }

    private static void WriteFields(Utf8JsonWriter json, ContainerView container, bool truncate, DateTimeOffset now)
    {
        foreach (var name in Fields)
        {
            if (name == "ExitCode")
            {
                json.WriteNumber(name, container.State is "exited" or "dead" ? container.ExitCode ?? 0 : 0);
            }
            else if (name == "Publishers")
            {
                json.WriteStartArray(name);
                PortText.WritePublishers(json, container);
                json.WriteEndArray();
            }
            else
            {
                json.WriteString(name, Field(container, name, truncate, now));
            }
        }

        json.WriteString("Reason", container.Status);
    }

    /// <summary>In the order in which Go writes a map: sorted.</summary>
    private static readonly string[] Fields =
    [
        "Command", "CreatedAt", "ExitCode", "Health", "ID", "Image", "Labels", "LocalVolumes", "Mounts", "Name", "Names",
        "Networks", "Ports", "Project", "Publishers", "RunningFor", "Service", "Size", "State", "Status",
    ];

    /// <summary>A field by its name in a template of docker's; null when there is none of that name.</summary>
    public static string? Field(ContainerView container, string name, bool truncate, DateTimeOffset now) => name switch
    {
        "Command" => ContainerText.Command(container, truncate),
        "CreatedAt" => container.CreatedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'"),
        "ExitCode" => container.State is "exited" or "dead" ? (container.ExitCode ?? 0).ToString() : "0",
        "Health" => container.Health ?? "",
        "ID" => truncate ? ContainerText.ShortId(container.Id) : container.Id,
        "Image" => container.Image,
        "Labels" => string.Join(',', container.Labels.Select(label => $"{label.Key}={label.Value}")),
        "LocalVolumes" => container.Mounts.Count(mount => !mount.StartsWith('/')).ToString(),
        "Mounts" => string.Join(',', container.Mounts),
        "Name" or "Names" => container.Name,
        "Networks" => string.Join(',', container.Networks),
        "Ports" => PortText.Of(container),
        "Project" => container.Project,
        "Reason" => container.Status,
        "RunningFor" => ContainerText.CreatedAgo(container, now),
        "Service" => container.Service,
        "Size" => "0B",
        "State" => container.State,
        "Status" => ContainerText.Status(container, now),
        _ => null,
    };

    /// <summary>What stands over a field's column.</summary>
    public static string Heading(string field) => field switch
    {
        "ID" => "CONTAINER ID",
        "CreatedAt" => "CREATED AT",
        "RunningFor" => "CREATED",
        "LocalVolumes" => "LOCAL VOLUMES",
        "ExitCode" => "EXIT CODE",
        _ => field.ToUpperInvariant(),
    };
}
