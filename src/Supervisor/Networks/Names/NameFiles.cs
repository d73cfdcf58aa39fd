using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>What the resolver is told of networks and containers. Pure.</summary>
internal static class NameFiles
{
    /// <summary>As in Docker, the network of <c>network_mode: bridge</c> has no names.</summary>
    public static bool HasNames(NetworkState network) => network is { Phase: NetworkPhase.Ready, Spec.Name: not NetworkSpec.DefaultBridge };

    public static NetworkZone Zone(NetworkState network) => new()
    {
        Id = network.Spec!.Id,
        Name = network.Spec.Name,
        Internal = network.Spec.Internal,
        Subnets = [.. network.Spec.Subnets.Select(subnet => subnet.Subnet)],
        Members =
        [
            .. network.Leases.Values.Where(lease => lease.Connected).Select(lease => new ZoneMember
            {
                ContainerId = lease.ContainerId,
                Name = lease.ContainerName,
                Project = lease.Project,
                // Who asks for a service is to find its replicas, not a container of `run`, which has no such alias.
                Service = lease.Aliases.Contains(lease.Service) ? lease.Service : "",
                Hostname = lease.Hostname,
                Aliases = lease.Aliases,
                Ipv4 = lease.Ipv4,
                Ipv6 = lease.Ipv6,
                Ports = Ports(lease),
            }),
        ],
    };

    /// <summary>Published or only exposed; one that has a name is not told once more without it.</summary>
    private static ImmutableArray<ZonePort> Ports(Lease lease)
    {
        var published = lease.Ports.Select(port => new ZonePort(port.Target, port.Protocol, port.Name));

        // What an image says it exposes may be anything.
        var exposed = (lease.Exposed.IsDefault ? [] : lease.Exposed).Select(text => text.Split('/', 2))
            .Where(parts => ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(parts => new ZonePort(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[^1]));
        return
        [
            .. published.Concat(exposed).Distinct().GroupBy(port => (port.Port, port.Protocol))
                .SelectMany(same => same.Any(port => port.Name is not null) ? same.Where(port => port.Name is not null) : same)
                .OrderBy(port => port.Port).ThenBy(port => port.Protocol, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether any of its networks has names: else its questions go to the host's resolvers by themselves.</summary>
    public static bool Asks(ContainerSpec spec) => Endpoints(spec).Any();

    public static string RunOf(int run) => run.ToString(CultureInfo.InvariantCulture);

    /// <param name="path">Of the network namespace.</param>
    /// <param name="owner">Process that the path belongs to.</param>
    public static ResolverClient Client(ContainerSpec spec, int run, string path, ProcessIdentity owner) => new()
    {
        ContainerId = spec.Id,
        Run = RunOf(run),
        NamespacePath = path,
        Pid = owner.Pid,
        StartTime = owner.StartTime,
        Networks = [.. Endpoints(spec)],
        Links = [.. (spec.Networking?.Links ?? []).Select(link => new ResolverLink(link.Alias, link.Service is null ? null : spec.Project, link.Service, link.Container))],
        Servers = spec.Networking?.Dns ?? [],
    };

    private static IEnumerable<string> Endpoints(ContainerSpec spec) =>
        (spec.Networking?.Endpoints ?? []).Select(endpoint => endpoint.Network).Where(network => network != NetworkSpec.DefaultBridge);
}
