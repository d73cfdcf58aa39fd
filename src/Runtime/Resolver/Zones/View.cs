using Devoxx.Oci.Names;

namespace Devoxx.Runtime.Resolver.Zones;

/// <summary>All names that one container sees: its links, then its networks in order, each with and without the network's own name behind.</summary>
internal sealed class View
{
    private readonly Zone[] _zones;
    private readonly (string Alias, ResolverLink Link)[] _links;

    /// <param name="zones">Of all networks; the container sees those of its own.</param>
    public View(ResolverClient client, IReadOnlyCollection<Zone> zones)
    {
        _zones = [.. client.Networks.SelectMany(name => zones.Where(zone => zone.Network.Name == name))];
        _links = [.. client.Links.Select(link => (Zone.Lower(link.Alias), link))];
    }

    public ReadOnlySpan<Zone> Zones => _zones;

    /// <summary>Whether any of its networks reaches the outside: else no name of the outside is looked for.</summary>
    public bool ReachesOut => Array.Exists(_zones, zone => !zone.Network.Internal);

    /// <summary>Everybody of a zone whom the name means for this container; empty: nobody.</summary>
    public Host[] Find(Zone zone, ReadOnlySpan<char> name)
    {
        foreach (var (alias, link) in _links)
        {
            if (name.SequenceEqual(alias) && zone.Find(link) is { Length: > 0 } linked)
            {
                return linked;
            }
        }

        var found = zone.Find(name);
        if (found.Length > 0)
        {
            return found;
        }

        var domain = zone.Domain.Length + 1;
        return name.Length > domain && name[^domain] == '.' && name.EndsWith(zone.Domain, StringComparison.Ordinal) ? zone.Find(name[..^domain]) : found;
    }
}
