using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// How the interfaces of one state root are called: <c>dx</c>, five digits of the root's, then what it is and of whom; at most 15
/// characters (IFNAMSIZ). Two roots never meet, and what is left behind by one is known by its name. Pure.
/// </summary>
public sealed record LinkNames
{
    public LinkNames(StateRoot root)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(root.Name));
        Prefix = "dx" + Convert.ToHexStringLower(hash)[..5];
        Group = BitConverter.ToUInt32(hash) | 0x8000_0000;
    }

    /// <summary>What the names of all interfaces of this root begin with.</summary>
    public string Prefix { get; }

    /// <summary>The interface group of all of them, whatever their names.</summary>
    public uint Group { get; }

    public string Bridge(string networkId) => $"{Prefix}b{networkId[..7]}";

    /// <summary>The host's end of a container's pair.</summary>
    public string Port(string containerId, string networkId) => $"{Prefix}v{Hash(containerId + networkId)[..7]}";

    /// <summary>Of a container with an IPv4 address Docker's form: who gets an address again has the same hardware address, and no neighbour's table is out of date.</summary>
    public static string Mac(string containerId, string networkId, System.Net.IPAddress? ipv4)
    {
        var bytes = ipv4?.GetAddressBytes() ?? SHA256.HashData(Encoding.ASCII.GetBytes(containerId + networkId))[..4];
        return $"02:42:{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}";
    }

    /// <summary>A bridge keeps its own address, whatever comes and goes on it.</summary>
    public static PhysicalAddress BridgeMac(string networkId) => new([0x02, 0x42, .. SHA256.HashData(Encoding.ASCII.GetBytes(networkId))[..4]]);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}
