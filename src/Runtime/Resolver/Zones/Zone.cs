using System.Net;
using Devoxx.Oci.Names;
using Devoxx.Runtime.Resolver.Messages;

namespace Devoxx.Runtime.Resolver.Zones;

/// <summary>A network's names, ready to be looked up. Another one takes its place whenever anything changes.</summary>
internal sealed class Zone
{
    private static readonly Host[] Nobody = [];

    private readonly Dictionary<string, Host[]> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Host[]>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly IPNetwork[] _subnets;
    private uint _turn;

    public Zone(NetworkZone network)
    {
        Network = network;
        Domain = Lower(network.Name);
        _subnets = [.. network.Subnets.Select(text => IPNetwork.TryParse(text, out var subnet) ? subnet : (IPNetwork?)null).OfType<IPNetwork>()];
        Hosts = [.. network.Members.Select(member => new Host(member, network.Name))];
        var names = new Dictionary<string, List<Host>>(StringComparer.Ordinal);
        foreach (var host in Hosts)
        {
            foreach (var name in host.Names)
            {
                if (!names.TryGetValue(name, out var hosts))
                {
                    names.Add(name, hosts = []);
                }

                hosts.Add(host);
            }
        }

        foreach (var (name, hosts) in names)
        {
            _names.Add(name, [.. hosts]);
        }

        _byText = _names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public NetworkZone Network { get; }

    /// <summary>The network's name in lower case.</summary>
    public string Domain { get; }

    public Host[] Hosts { get; }

    /// <summary>All who answer to the name; empty when nobody does.</summary>
    /// <param name="name">In lower case.</param>
    public Host[] Find(ReadOnlySpan<char> name) => _byText.TryGetValue(name, out var hosts) ? hosts : Nobody;

    /// <summary>All of a service of a project, or the one container.</summary>
    public Host[] Find(ResolverLink link) => [.. Hosts.Where(host => host.IsMeantBy(link))];

    /// <summary>Whose address it is; null: nobody's.</summary>
    public Host? FindAddress(ReadOnlySpan<byte> address)
    {
        foreach (var host in Hosts)
        {
            if (address.SequenceEqual(address.Length == 4 ? host.Ipv4 : host.Ipv6))
            {
                return host;
            }
        }

        return null;
    }

    public bool Contains(IPAddress address) => Array.Exists(_subnets, subnet => subnet.Contains(address));

    /// <summary>Another number at each call: where the answer to a name of several begins.</summary>
    public uint NextTurn() => _turn++;

    public static string Lower(string name) => name.TrimEnd('.').ToLowerInvariant();
}

/// <summary>A container on a network.</summary>
internal sealed class Host
{
    private const int ShortId = 12;

    private readonly ZoneMember _member;

    public Host(ZoneMember member, string network)
    {
        _member = member;
        var id = member.ContainerId.Length > ShortId ? member.ContainerId[..ShortId] : member.ContainerId;
        Names =
        [
            .. member.Aliases.Append(member.Name).Append(member.Service).Append(member.Hostname).Append(id).Append(member.ContainerId)
                .Select(Zone.Lower).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        FullName = new[] { $"{member.Name}.{network}", $"{id}.{network}", id }.First(Answer.IsName);
        Ipv4 = Bytes(member.Ipv4, 4);
        Ipv6 = Bytes(member.Ipv6, 16);
    }

    /// <summary>In lower case.</summary>
    public string[] Names { get; }

    /// <summary>What its address is told to be the one of: <c>shop-web-1.shop_default</c>.</summary>
    public string FullName { get; }

    /// <summary>Empty: it has none.</summary>
    public byte[] Ipv4 { get; }

    public byte[] Ipv6 { get; }

    public IEnumerable<ZonePort> Ports => _member.Ports;

    public byte[] Address(ushort type) => type switch { Numbers.A => Ipv4, Numbers.Aaaa => Ipv6, _ => [] };

    public bool IsMeantBy(ResolverLink link) => link.Service is { } service
        ? _member.Service == service && (link.Project is null || _member.Project == link.Project)
        : link.Container is { Length: > 0 } container && (_member.Name == container || _member.ContainerId.StartsWith(container, StringComparison.Ordinal));

    private static byte[] Bytes(string? text, int length) =>
        IPAddress.TryParse(text, out var address) && address.GetAddressBytes() is var bytes && bytes.Length == length ? bytes : [];
}
