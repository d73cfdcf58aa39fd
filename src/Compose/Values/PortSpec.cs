using System.Globalization;

namespace Devoxx.Compose.Values;

/// <summary>
/// A port in short syntax: <c>[[ip:][published[-end]:]]target[-end][/protocol]</c>. Follows docker/go-connections nat.
/// </summary>
internal readonly record struct PortSpec(string? HostIp, string? Published, int Target, string Protocol)
{
    /// <summary>The ports, as many as the range of targets, in the order of the reference; or what is wrong with the text.</summary>
    internal static List<PortSpec> Parse(string text, out string? error)
    {
        var parts = text.Split(':');
        var container = parts[^1];
        var published = parts.Length > 1 ? parts[^2] : "";
        var ip = parts.Length > 2 ? string.Join(':', parts[..^2]) : "";
        var ports = new List<PortSpec>();

        var slash = container.Split('/');
        var protocol = slash.Length > 1 && slash[0].Length > 0 && slash[1].Length > 0 ? slash[1].ToLowerInvariant() : "tcp";
        container = slash[0];
        if (container.Length == 0)
        {
            error = "no container port is given; write HOST:CONTAINER or CONTAINER";
            return ports;
        }
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            error = $"`{protocol}` is not a protocol; write tcp, udp or sctp";
            return ports;
        }
        if (ip.StartsWith('[') && ip.EndsWith(']')) ip = ip[1..^1];
        if (ip.Length > 0 && !IpText.IsAddress(ip))
        {
            error = $"`{ip}` is not an IP address; write IP:HOST:CONTAINER";
            return ports;
        }
        if (Range(container) is not var (start, end))
        {
            error = $"`{container}` is not a container port; write a number up to 65535, or a range such as 8000-8010";
            return ports;
        }
        (int Start, int End)? host = null;
        if (published.Length > 0)
        {
            host = Range(published);
            if (host is null)
            {
                error = $"`{published}` is not a host port; write a number up to 65535, or a range such as 8000-8010";
                return ports;
            }
            if (end - start != host.Value.End - host.Value.Start && end != start)
            {
                error = $"the ranges {published} and {container} differ in length; make them equally long";
                return ports;
            }
        }
        for (var i = 0; i <= end - start; i++)
        {
            string? hostPort = null;
            if (host is { } h)
            {
                hostPort = (h.Start + i).ToString(CultureInfo.InvariantCulture);
                if (start == end && h.Start != h.End) hostPort += "-" + h.End.ToString(CultureInfo.InvariantCulture);
            }
            ports.Add(new PortSpec(ip.Length > 0 ? ip : null, hostPort, start + i, protocol));
        }
        // The reference sorts by the text of the target port.
        ports.Sort(static (a, b) => string.CompareOrdinal(a.Target.ToString(CultureInfo.InvariantCulture) + "/" + a.Protocol, b.Target.ToString(CultureInfo.InvariantCulture) + "/" + b.Protocol));
        error = null;
        return ports;
    }

    private static (int Start, int End)? Range(string text)
    {
        var dash = text.IndexOf('-');
        if (Port(dash < 0 ? text : text[..dash]) is not { } start) return null;
        if (dash < 0) return (start, start);
        return Port(text[(dash + 1)..]) is { } end && end >= start ? (start, end) : null;
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : null;
}
