using System.Collections.Immutable;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Control;

/// <summary>A network as <c>network ls</c> and <c>network inspect</c> show it.</summary>
/// <param name="Link">The bridge's interface, or the parent's.</param>
public sealed record NetworkView(
    string Id,
    string Name,
    string Driver,
    DateTimeOffset CreatedAt,
    string? Project,
    bool Internal,
    bool Attachable,
    bool EnableIpv4,
    bool EnableIpv6,
    string Link,
    ImmutableArray<NetworkSubnetView> Subnets,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<NetworkMemberView> Members);

public sealed record NetworkSubnetView(string Subnet, string? Gateway, string? Range, ImmutableSortedDictionary<string, string>? Reserved);

/// <summary>A container that has a lease, whether it runs or not.</summary>
public sealed record NetworkMemberView(string ContainerId, string Name, string? Ipv4, string? Ipv6, string Mac, bool Connected);

/// <summary>From a network's state to its view. Pure.</summary>
internal static class NetworkViews
{
    public static NetworkView Of(NetworkState state)
    {
        var spec = state.Spec!;
        return new NetworkView(
            spec.Id, spec.Name, spec.Driver.ToString().ToLowerInvariant(), state.CreatedAt, spec.Project, spec.Internal, spec.Attachable, spec.EnableIpv4, spec.EnableIpv6,
            spec.Link,
            [.. spec.Subnets.Select(s => new NetworkSubnetView(s.Subnet, s.Gateway, s.Range, s.Reserved))],
            spec.Options, spec.Labels,
            [.. state.Leases.Values.Select(l => new NetworkMemberView(
                l.ContainerId, l.ContainerName, WithPrefix(l.Ipv4, spec.Subnet4), WithPrefix(l.Ipv6, spec.Subnet6), l.Mac, l.Connected))]);
    }

    private static string? WithPrefix(string? address, SubnetSpec? subnet) => address is null || subnet is null ? address : address + subnet.Subnet[subnet.Subnet.IndexOf('/')..];
}
