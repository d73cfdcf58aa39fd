using System.Text.Json;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>A container's ports in the words of <c>docker compose ps</c>.</summary>
internal static class PortText
{
    /// <summary>e.g. <c>0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 9000/tcp</c>; empty while it does not run.</summary>
    public static string Of(ContainerView container) => container.Connections is null ? "" : string.Join(", ", All(container).Select(p => p.Host is { } host
        ? $"{(host.Contains(':') ? $"[{host}]" : host)}:{p.HostPort}->{p.Target}/{p.Protocol}"
        : $"{p.Target}/{p.Protocol}"));

    public static void WritePublishers(Utf8JsonWriter json, ContainerView container)
    {
        foreach (var port in container.Connections is null ? [] : All(container))
        {
            json.WriteStartObject();
            json.WriteString("URL", port.Host ?? "");
            json.WriteNumber("TargetPort", port.Target);
            json.WriteNumber("PublishedPort", port.HostPort);
            json.WriteString("Protocol", port.Protocol);
            json.WriteEndObject();
        }
    }

    /// <summary>Where a port of a container is reached: each address and port of the host.</summary>
    public static IEnumerable<string> Find(ContainerView container, int target, string protocol) =>
        from port in container.Connections?.Ports ?? []
        where port.Target == target && port.Protocol == protocol
        from host in Hosts(port)
        select $"{(host.Contains(':') ? $"[{host}]" : host)}:{port.HostPort}";

    private static IEnumerable<(string? Host, int HostPort, int Target, string Protocol)> All(ContainerView container)
    {
        var published = container.Connections?.Ports ?? [];
        var shown = published.SelectMany(p => Hosts(p).Select(h => ((string?)h, p.HostPort, p.Target, p.Protocol)));
        var only = container.Exposed.Where(e => !published.Any(p => $"{p.Target}/{p.Protocol}" == e)).Select(e => e.Split('/', 2))
            .Select(e => ((string?)null, 0, int.Parse(e[0]), e[^1]));
        return shown.Concat(only).OrderBy(p => p.Item3).ThenBy(p => p.Item1, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Hosts(PublishedPort port) => port.HostIp is { } ip ? [ip] : ["0.0.0.0", "::"];
}
