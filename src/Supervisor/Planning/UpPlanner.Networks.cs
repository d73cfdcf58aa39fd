using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Planning;

/// <summary>The networks of an <c>up</c>.</summary>
public sealed partial class UpPlanner
{
    /// <summary>Removal of a container by its id.</summary>
    private readonly Dictionary<string, int> discarded = new(StringComparer.Ordinal);

    /// <summary>Operations that make networks, by name.</summary>
    private readonly Dictionary<string, int> networks = new(StringComparer.Ordinal);

    private readonly HashSet<string> changedNetworks = new(StringComparer.Ordinal);

    /// <summary>Names of containers that are made anew: who shares their network would be left with one that is gone.</summary>
    private readonly HashSet<string> renewed = new(StringComparer.Ordinal);

    /// <summary>A network whose configuration has changed is made anew: whoever is on it goes first, and is made anew on the new one.</summary>
    private void MakeWayForChangedNetworks(ImmutableArray<string> wanted)
    {
        foreach (var key in wanted.SelectMany(s => ServiceNetworking.Keys(project, project.Services[s])).Distinct().Order(StringComparer.Ordinal))
        {
            var name = NetworkSpecs.NameOf(project, key);
            var network = project.Networks.GetValueOrDefault(key) ?? new Network();
            if (network.External || wish.Recreate == Control.RecreatePolicy.Never
                || observation.Networks.GetValueOrDefault(name) is not { Phase: NetworkPhase.Ready } existing
                || existing.Spec!.Project != project.Name || existing.Spec.ConfigHash == NetworkSpecs.HashOf(network))
            {
                continue;
            }

            var users = observation.Containers.Where(c => c.Spec.Networking?.Endpoints.Any(e => e.Network == name) == true).ToImmutableArray();
            if (users.FirstOrDefault(u => !wanted.Contains(u.Spec.Service)) is { } other)
            {
                plan.Warnings.Add($"network {name} has changed in the file, and stays as it is while {other.Name} is on it, which this `up` is not about; `up` of all services makes it anew");
                continue;
            }

            changedNetworks.Add(name);
            var gone = users.Select(u => Discard(u, $"its network {name} has changed")).ToImmutableArray();
            var removed = plan.RemoveNetwork(name, "its configuration has changed", gone);
            networks[name] = plan.CreateNetwork(NetworkSpecs.Of(project, key, newId), "its configuration has changed", [removed]);
        }
    }

    private string? UsesChangedNetwork(ObservedContainer container) =>
        container.Spec.Networking?.Endpoints.Select(e => e.Network).FirstOrDefault(changedNetworks.Contains);

    /// <summary>Operations that the service's networks need first.</summary>
    private ImmutableArray<int> EnsureNetworks(string serviceName, Service service)
    {
        var result = ImmutableArray.CreateBuilder<int>();
        foreach (var key in ServiceNetworking.Keys(project, service))
        {
            Ensure(key, result);
        }

        if (service.NetworkMode == "bridge")
        {
            if (!networks.TryGetValue(NetworkSpec.DefaultBridge, out var made) && !observation.Networks.ContainsKey(NetworkSpec.DefaultBridge))
            {
                networks[NetworkSpec.DefaultBridge] = made = plan.CreateNetwork(NetworkSpecs.DefaultBridge(newId), "network_mode: bridge", []);
            }

            if (made != 0)
            {
                result.Add(made);
            }
        }

        if (service.Ports.Length > 0 && ServiceNetworking.Mode(project, service) is "host" or "none")
        {
            plan.Warnings.Add($"service {serviceName}: ports have no effect with network_mode {ServiceNetworking.Mode(project, service)}");
        }

        if (service.Ports.Length > 0 && ServiceNetworking.Keys(project, service).ToList() is { Count: > 0 } keys && keys.TrueForAll(k => Unpublished(k) is not null))
        {
            plan.Warnings.Add($"service {serviceName}: ports have no effect, because all of its networks are {string.Join(" or ", keys.Select(Unpublished).Distinct())} ({string.Join(", ", keys)})");
        }

        return result.ToImmutable();
    }

    /// <summary>Of networks that are there already, what they are like decides, not what the file says: external ones it does not describe.</summary>
    private ContainerNetworking? AsTheNetworksAre(ContainerNetworking? networking) => networking is null ? null : networking with
    {
        Endpoints =
        [
            .. networking.Endpoints.Select(e => networks.ContainsKey(e.Network) || observation.Networks.GetValueOrDefault(e.Network)?.Spec is not { } there
                ? e
                : e with { Internal = there.Internal, BesideHost = there.Driver != NetworkDriver.Bridge, Ipv6 = there.EnableIpv6, WithoutIpv4 = !there.EnableIpv4 }),
        ],
    };

    /// <summary>Why no port is published on a network of the file; null: ports are.</summary>
    private string? Unpublished(string key) => project.Networks.GetValueOrDefault(key) switch
    {
        { External: true } => null,
        { Internal: true } => "internal",
        { Driver: "macvlan" or "ipvlan" } network => network.Driver,
        _ => null,
    };

    private void Ensure(string key, ImmutableArray<int>.Builder result)
    {
        var network = project.Networks.GetValueOrDefault(key) ?? new Network();
        var name = NetworkSpecs.NameOf(project, key);
        if (network.External)
        {
            // A missing one fails the start of its users, and theirs only.
            return;
        }

        if (NetworkSpecs.Refusal(name, network) is { } refusal)
        {
            var error = $"network {name}: {refusal}";
            if (!plan.Errors.Contains(error))
            {
                plan.Errors.Add(error);
            }
        }
        else if (networks.TryGetValue(name, out var already))
        {
            result.Add(already);
        }
        else if (!observation.Networks.TryGetValue(name, out var existing))
        {
            foreach (var option in NetworkSpecs.WithoutEffect(network))
            {
                plan.Warnings.Add($"network {name}: driver_opts.{option} has no effect");
            }

            if (network is { Internal: true, Driver: "macvlan" or "ipvlan" })
            {
                plan.Warnings.Add($"network {name}: internal keeps the default route away, and nothing else: with driver {network.Driver} whoever is on the wire of {network.DriverOpts.GetValueOrDefault("parent")} is a neighbour");
            }

            result.Add(networks[name] = plan.CreateNetwork(NetworkSpecs.Of(project, key, newId), "there is none yet", []));
        }
        else if (existing.Spec!.Project != project.Name)
        {
            plan.Warnings.Add(
                $"network {name} exists already, and {(existing.Spec.Project is { } owner ? $"project {owner} made it" : "nobody knows who made it")}; it is used as it is. Say `external: true` if that is meant");
        }
    }
}
