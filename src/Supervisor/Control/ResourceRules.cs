using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Control;

/// <summary>What stands in the way of requests about volumes and networks, for who performs them and who only tells what they would do. Pure.</summary>
internal static class ResourceRules
{
    /// <summary>As a file would say it: what that could not say either is refused by the same words.</summary>
    public static Volume ToVolume(this CreateVolumeRequest request) => new() { Driver = request.Driver, DriverOpts = request.Options, Labels = request.Labels };

    /// <inheritdoc cref="ToVolume"/>
    public static Network ToNetwork(this CreateNetworkRequest request) => new()
    {
        Driver = request.Driver,
        DriverOpts = request.Options,
        Labels = request.Labels,
        Internal = request.Internal,
        Attachable = request.Attachable,
        EnableIpv4 = request.EnableIpv4,
        EnableIpv6 = request.EnableIpv6,
        Ipam = new Ipam
        {
            Config = [.. request.Subnets.Select(s => new IpamPool
            {
                Subnet = s.Subnet, Gateway = s.Gateway, IpRange = s.Range, AuxAddresses = s.Reserved ?? ImmutableSortedDictionary<string, string>.Empty,
            })],
        },
    };

    /// <summary>Why a volume of this name cannot be made; null: it can.</summary>
    public static string? Refusal(Volume volume, string name) => VolumeSpecs.Refusal(name, volume) is { } refusal ? $"volume {name}: {refusal}" : null;

    /// <summary>Why a network of this name cannot be made; null: it can.</summary>
    public static string? Refusal(Network network, string name, ImmutableArray<NetworkState> known) =>
        NetworkSpecs.Refusal(name, network) is { } refusal ? $"network {name}: {refusal}"
        : network.Driver is "host" or "none" or "null" ? $"network {name}: {network.Driver} is no network to make; say `network_mode: {network.Driver}`"
        : known.Any(n => n.Spec!.Name == name) ? $"network {name} exists already" : null;

    /// <summary>By its name, or by at least twelve digits of its id.</summary>
    public static NetworkState? Find(ImmutableArray<NetworkState> known, string name) =>
        known.FirstOrDefault(n => n.Spec!.Name == name) ?? known.FirstOrDefault(n => name.Length >= 12 && n.Spec!.Id.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Why the volume must stay; null: nobody has it. A container that does not run holds nothing, but its volume would be missing when it starts again.</summary>
    /// <param name="users">Containers by volume, running or not.</param>
    public static string? InUse(string volume, ILookup<string, string> users) =>
        users[volume].FirstOrDefault() is { } user ? $"volume {volume} is in use by container {user}" : null;

    /// <summary>Why the network must stay; null: nobody has an address of it. A container that does not run is not connected, but its network would be missing when it starts again.</summary>
    /// <param name="name">As it was asked for.</param>
    public static string? InUse(string name, NetworkState? network) =>
        network?.Leases.Values.FirstOrDefault() is { } user ? $"network {name} is in use by container {user.ContainerName}" : null;
}
