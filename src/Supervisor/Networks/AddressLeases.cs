using System.Net;

namespace Devoxx.Supervisor.Networks;

/// <summary>Which address of a subnet a container gets. Pure.</summary>
internal static class AddressLeases
{
    /// <param name="wanted">The address the file asks for; null: any.</param>
    /// <param name="leased">Addresses that other containers have, and whose they are.</param>
    /// <exception cref="FormatException">There is none to be had; the message says why.</exception>
    public static IPAddress Choose(SubnetSpec subnet, string? wanted, IReadOnlyDictionary<IPAddress, string> leased)
    {
        var network = AddressMath.ParseNetwork(subnet.Subnet);
        if (wanted is not null)
        {
            return Wanted(subnet, network, wanted, leased);
        }

        var range = subnet.Range is { } text ? AddressMath.ParseNetwork(text) : network;
        var last = AddressMath.Last(range);
        for (var number = AddressMath.First(range); number <= last; number++)
        {
            var address = AddressMath.ToAddress(number, subnet.IsIpv6);
            if (!IsReserved(subnet, network, address) && !leased.ContainsKey(address))
            {
                return address;
            }
        }

        throw new FormatException($"no address is left in {range}; {leased.Count} are leased");
    }

    private static IPAddress Wanted(SubnetSpec subnet, IPNetwork network, string wanted, IReadOnlyDictionary<IPAddress, string> leased)
    {
        if (!IPAddress.TryParse(wanted, out var address) || address.IsIpv6() != subnet.IsIpv6)
        {
            throw new FormatException($"{wanted} is not an {(subnet.IsIpv6 ? "IPv6" : "IPv4")} address");
        }

        if (!network.Contains(address))
        {
            throw new FormatException($"address {wanted} is not in the network's subnet {subnet.Subnet}");
        }

        if (leased.TryGetValue(address, out var holder))
        {
            throw new FormatException($"address {wanted} is taken by container {holder}");
        }

        return address.ToString() == subnet.Gateway ? throw new FormatException($"address {wanted} is the network's gateway") : address;
    }

    /// <summary>First and last of a subnet mean the subnet itself and everybody in it.</summary>
    private static bool IsReserved(SubnetSpec subnet, IPNetwork network, IPAddress address)
    {
        var number = AddressMath.ToNumber(address);
        var hasEdges = network.PrefixLength < (subnet.IsIpv6 ? 127 : 31);
        return (hasEdges && (number == AddressMath.First(network) || (!subnet.IsIpv6 && number == AddressMath.Last(network))))
            || address.ToString() == subnet.Gateway
            || (subnet.Reserved?.Values.Contains(address.ToString()) ?? false);
    }
}
