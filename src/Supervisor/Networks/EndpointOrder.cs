using System.Collections.Immutable;

namespace Devoxx.Supervisor.Networks;

/// <summary>Which of the networks that a container is on has its default route and its published ports, and how its interfaces are called. Pure.</summary>
internal static class EndpointOrder
{
    /// <summary>The first that has addresses of a family is where the default route of that goes.</summary>
    public static IEnumerable<EndpointSpec> Gateways(ImmutableArray<EndpointSpec> endpoints) =>
        endpoints.OrderBy(e => e.Internal).ThenByDescending(e => e.GatewayPriority).ThenBy(e => e.Network, StringComparer.Ordinal);

    /// <summary>Where its ports are published; null: nowhere.</summary>
    public static EndpointSpec? Publishing(ImmutableArray<EndpointSpec> endpoints) =>
        Gateways(endpoints).OrderBy(e => e.WithoutIpv4).FirstOrDefault(e => e is { Internal: false, BesideHost: false });

    /// <summary>As the file names them; the others <c>eth0</c>, <c>eth1</c>, … past those that are taken.</summary>
    public static Dictionary<string, string> InterfaceNames(ImmutableArray<EndpointSpec> endpoints)
    {
        var names = endpoints.Where(e => e.InterfaceName is not null).ToDictionary(e => e.Network, e => e.InterfaceName!, StringComparer.Ordinal);
        var number = 0;
        foreach (var endpoint in endpoints.Where(e => e.InterfaceName is null))
        {
            string name;
            do
            {
                name = "eth" + number++;
            }
            while (names.ContainsValue(name));
            names[endpoint.Network] = name;
        }

        return names;
    }
}
