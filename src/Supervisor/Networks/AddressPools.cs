using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Devoxx.Supervisor.Networks;

/// <summary>Subnets for networks that name none, so that they meet neither each other nor what the host routes elsewhere. Pure.</summary>
internal static class AddressPools
{
    /// <summary>Docker's default pools, and when they are used up, smaller ones out of 10.128.0.0/9.</summary>
    private static readonly ImmutableArray<(string Pool, int Size)> Pools = [("172.16.0.0/12", 16), ("192.168.0.0/16", 20), ("10.128.0.0/9", 20)];

    /// <summary>Too many machines are within this one to be given away.</summary>
    private static readonly IPNetwork Left = IPNetwork.Parse("172.16.0.0/16");

    /// <summary>The first that meets nothing taken; null when all are.</summary>
    /// <param name="seed">Not 0: begins somewhere in the last pool, so that several supervisors that choose at the same moment hardly choose the same.</param>
    public static IPNetwork? ChooseIpv4(IReadOnlyCollection<IPNetwork> taken, uint seed = 0)
    {
        var candidates = Candidates();
        if (seed != 0)
        {
            var (pool, size) = Pools[^1];
            candidates = Within(pool, size).Skip((int)(seed % 2048)).Concat(candidates);
        }

        foreach (var candidate in candidates)
        {
            if (candidate != Left && !taken.Any(t => AddressMath.Overlap(t, candidate)))
            {
                return candidate;
            }
        }

        return null;
    }

    private static IEnumerable<IPNetwork> Candidates() => Pools.SelectMany(p => Within(p.Pool, p.Size));

    private static IEnumerable<IPNetwork> Within(string pool, int size)
    {
        var network = IPNetwork.Parse(pool);
        for (var number = AddressMath.First(network); number < AddressMath.Last(network); number += UInt128.One << (32 - size))
        {
            yield return new IPNetwork(AddressMath.ToAddress(number, ipv6: false), size);
        }
    }

    /// <summary>A unique local prefix (RFC 4193): the global id is a hash of the network's, so that two machines do not meet either.</summary>
    public static IPNetwork ChooseIpv6(string networkId, IReadOnlyCollection<IPNetwork> taken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{networkId} {attempt}"));
            var bytes = new byte[16];
            bytes[0] = 0xfd;
            hash.AsSpan(0, 7).CopyTo(bytes.AsSpan(1));
            var candidate = new IPNetwork(new IPAddress(bytes), 64);
            if (!taken.Any(t => AddressMath.Overlap(t, candidate)))
            {
                return candidate;
            }
        }
    }

    /// <summary>Fills in what a network's file leaves open: subnets and gateways.</summary>
    /// <param name="taken">Routes of the host and subnets of other networks.</param>
    /// <param name="seed">See <see cref="ChooseIpv4"/>.</param>
    /// <exception cref="FormatException">What is asked for cannot be had; the message says what.</exception>
    public static NetworkSpec Complete(NetworkSpec spec, IReadOnlyCollection<IPNetwork> taken, uint seed = 0)
    {
        var subnets = ImmutableArray.CreateBuilder<SubnetSpec>();
        foreach (var subnet in spec.Subnets)
        {
            var network = AddressMath.ParseNetwork(subnet.Subnet);
            if (spec.Driver == NetworkDriver.Bridge && taken.FirstOrDefault(t => AddressMath.Overlap(t, network)) is { PrefixLength: > 0 } other)
            {
                throw new FormatException($"subnet {subnet.Subnet} overlaps {other}, which this machine uses already (`ip route` shows for what); choose another `ipam` subnet");
            }

            if (subnet.IsIpv6 ? spec.EnableIpv6 : spec.EnableIpv4)
            {
                subnets.Add(WithGateway(subnet with { Subnet = network.ToString() }));
            }
        }

        if (spec.EnableIpv4 && !subnets.Any(s => !s.IsIpv6))
        {
            var chosen = ChooseIpv4(taken, seed) ?? throw new FormatException("every default address pool overlaps a route of this machine; name a subnet under `ipam`");
            subnets.Add(WithGateway(new SubnetSpec(chosen.ToString())));
        }

        if (spec.EnableIpv6 && !subnets.Any(s => s.IsIpv6))
        {
            subnets.Add(WithGateway(new SubnetSpec(ChooseIpv6(spec.Id, taken).ToString())));
        }

        return spec with { Subnets = subnets.ToImmutable() };
    }

    private static SubnetSpec WithGateway(SubnetSpec subnet)
    {
        var network = AddressMath.ParseNetwork(subnet.Subnet);
        if (subnet.Gateway is not { } text)
        {
            // The first of the range that addresses are given out of, as Docker has it.
            var within = subnet.Range is { } range ? AddressMath.ParseNetwork(range) : network;
            return subnet with { Gateway = AddressMath.ToAddress(AddressMath.First(within) + 1, subnet.IsIpv6).ToString() };
        }

        return IPAddress.TryParse(text, out var gateway) && network.Contains(gateway)
            ? subnet with { Gateway = gateway.ToString() }
            : throw new FormatException($"gateway {text} is not an address of subnet {subnet.Subnet}");
    }
}
