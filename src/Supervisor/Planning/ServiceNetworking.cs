using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Planning;

/// <summary>From what a service says of networks to what its containers want of them. Pure.</summary>
internal static class ServiceNetworking
{
    /// <summary><c>host</c>, or <c>none</c> when there is nothing but loopback, or <c>networks</c>, or <c>container</c> when another's is shared.</summary>
    public static string Mode(Project project, Service service) => service.NetworkMode switch
    {
        null or "" or "default" => service.Networks.Keys.Select(k => NetworkSpecs.ModeOf(project, k)).OfType<string>().FirstOrDefault()
            ?? (service.Networks.IsEmpty ? "none" : "networks"),
        "bridge" => "networks",
        "host" or "none" => service.NetworkMode,
        var mode when mode.StartsWith("service:", StringComparison.Ordinal) || mode.StartsWith("container:", StringComparison.Ordinal) => "container",
        _ => "networks",
    };

    /// <exception cref="FormatException">Something the service says cannot be honoured; the message says what.</exception>
    public static ContainerNetworking? Of(Project project, string serviceName, Service service, ImageConfig image)
    {
        var mode = Mode(project, service);
        var ports = Ports(project, service);
        if (mode == "host" || mode == "none")
        {
            return new ContainerNetworking { ExtraHosts = Hosts(service), Dns = service.Dns, DnsSearch = service.DnsSearch, DnsOptions = service.DnsOpt };
        }

        return new ContainerNetworking
        {
            Endpoints = mode == "container" ? [] : Endpoints(project, serviceName, service),
            Ports = mode == "container" && ports.Length > 0
                ? throw new FormatException($"ports cannot be published with network_mode {service.NetworkMode}; publish them where the network is from")
                : ports,
            Exposed = Exposed(service, image),
            SharedWith = mode == "container" ? Donor(project, service.NetworkMode!) : null,
            ExtraHosts = Hosts(service),
            Dns = service.Dns,
            DnsSearch = service.DnsSearch,
            DnsOptions = service.DnsOpt,
            Links =
            [
                .. service.Links.Select(l => l.Split(':', 2)).Select(l => new LinkSpec(l[0], null, l[^1])),
                .. service.ExternalLinks.Select(l => l.Split(':', 2)).Select(l => new LinkSpec(null, l[0], l[^1])),
            ],
        };
    }

    /// <summary>The networks a service is on, as keys of the file.</summary>
    public static IEnumerable<string> Keys(Project project, Service service) =>
        Mode(project, service) == "networks" && string.IsNullOrEmpty(service.NetworkMode) ? service.Networks.Keys : [];

    private static ImmutableArray<EndpointSpec> Endpoints(Project project, string serviceName, Service service)
    {
        if (service.NetworkMode is { Length: > 0 } mode and not "default")
        {
            return [new EndpointSpec { Network = mode == "bridge" ? NetworkSpec.DefaultBridge : mode, MacAddress = Mac(service.MacAddress) }];
        }

        var ordered = service.Networks.OrderByDescending(n => n.Value?.Priority ?? 0).ThenBy(n => n.Key, StringComparer.Ordinal).ToList();
        return
        [
            .. ordered.Select((n, place) => new EndpointSpec
            {
                Network = NetworkSpecs.NameOf(project, n.Key),
                Aliases = [.. new[] { serviceName }.Concat(n.Value?.Aliases ?? []).Distinct()],
                Ipv4Address = n.Value?.Ipv4Address,
                Ipv6Address = n.Value?.Ipv6Address,
                Ipv6 = project.Networks.TryGetValue(n.Key, out var network) && (network.External || NetworkSpecs.HasIpv6(network)),
                BesideHost = network is { External: false, Driver: "macvlan" or "ipvlan" },
                WithoutIpv4 = network is { External: false, EnableIpv4: false },
                Internal = network is { External: false, Internal: true },
                LinkLocalIps = n.Value?.LinkLocalIps ?? [],
                MacAddress = Mac(n.Value?.MacAddress ?? (place == 0 ? service.MacAddress : null)),
                InterfaceName = n.Value?.InterfaceName ?? n.Value?.DriverOpts.GetValueOrDefault("com.docker.network.endpoint.ifname"),
                GatewayPriority = n.Value?.GwPriority ?? 0,
                Priority = n.Value?.Priority ?? 0,
            }),
        ];
    }

    private static string? Mac(string? text) => text is null ? null
        : PhysicalAddress.TryParse(text.Replace(':', '-').ToUpperInvariant(), out var mac) && mac.GetAddressBytes() is { Length: 6 } bytes
            ? (bytes[0] & 1) == 0 ? text : throw new FormatException($"mac_address {text} is one for many (its first byte is odd), which no interface can have")
            : throw new FormatException($"mac_address {text} is not a hardware address; say e.g. 02:42:ac:11:00:02");

    private static string Donor(Project project, string mode)
    {
        var name = mode[(mode.IndexOf(':') + 1)..];
        return mode.StartsWith("container:", StringComparison.Ordinal) ? name
            : project.Services.TryGetValue(name, out var donor) ? donor.ContainerName ?? $"{project.Name}-{name}-1"
            : throw new FormatException($"network_mode {mode}: there is no service {name}");
    }

    /// <summary>What the image and the file say the container listens on; published ports too.</summary>
    private static ImmutableArray<string> Exposed(Service service, ImageConfig image) =>
    [
        .. (image.ExposedPorts?.Keys ?? [])
            .Concat(service.Expose.SelectMany(Expand))
            .Concat(service.Ports.Select(p => $"{p.Target?.ToString(CultureInfo.InvariantCulture)}/{p.Protocol ?? "tcp"}"))
            .Select(p => p.Contains('/') ? p : p + "/tcp").Distinct().Order(StringComparer.Ordinal),
    ];

    /// <exception cref="FormatException">Not a port or a range of ports.</exception>
    private static IEnumerable<string> Expand(string text)
    {
        var parts = text.Split('/', 2);
        var ends = parts[0].Split('-', 2);
        if (!ushort.TryParse(ends[0], out var first) || !ushort.TryParse(ends[^1], out var last) || first == 0 || last < first)
        {
            throw new FormatException($"expose: {text} is not a port; say e.g. 80, 80/udp or 8000-8010");
        }

        return Enumerable.Range(first, last - first + 1).Select(p => $"{p.ToString(CultureInfo.InvariantCulture)}/{(parts.Length == 1 ? "tcp" : parts[1])}");
    }

    /// <summary>Where ports go that name no address: what the network they are published on says; null: everywhere.</summary>
    private static string? HostBinding(Project project, Service service) => service.Networks.Keys
        .Select(k => project.Networks.GetValueOrDefault(k)).OfType<Network>().Where(n => !n.Internal)
        .Select(n => n.DriverOpts.GetValueOrDefault("com.docker.network.bridge.host_binding_ipv4")).FirstOrDefault(b => !string.IsNullOrEmpty(b));

    private static bool IsRange(string text)
    {
        var ends = text.Split('-', 2);
        return ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last >= first;
    }

    private static ImmutableArray<PortSpec> Ports(Project project, Service service)
    {
        var binding = HostBinding(project, service);
        var ports = ImmutableArray.CreateBuilder<PortSpec>();
        foreach (var port in service.Ports)
        {
            var protocol = port.Protocol ?? "tcp";
            if (protocol is not ("tcp" or "udp" or "sctp"))
            {
                throw new FormatException($"ports: protocol {protocol} is not known; it is tcp, udp or sctp");
            }

            if (port.Target is not (> 0 and <= 65535 and var target))
            {
                throw new FormatException($"ports: target {port.Target?.ToString(CultureInfo.InvariantCulture) ?? "(none)"} is not a port from 1 to 65535");
            }

            if (port.HostIp is { Length: > 0 } ip && !IPAddress.TryParse(ip, out _))
            {
                throw new FormatException($"ports: host_ip {ip} is not an address");
            }

            if (port.Published is { Length: > 0 } published && published != "0" && !IsRange(published))
            {
                throw new FormatException($"ports: published {published} is neither a port from 1 to 65535 nor a range such as 8000-8010");
            }

            ports.Add(new PortSpec(port.HostIp is { Length: > 0 } ? port.HostIp : binding, port.Published is { Length: > 0 } and not "0" ? port.Published : null, (int)target, protocol, port.Name is { Length: > 0 } ? port.Name : null));
        }

        return ports.ToImmutable();
    }

    private static ImmutableArray<HostEntry> Hosts(Service service) =>
        [.. service.ExtraHosts.SelectMany(h => h.Value.Select(address => new HostEntry(h.Key, address.Trim('[', ']'))))];
}
