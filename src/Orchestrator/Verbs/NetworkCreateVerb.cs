using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>network create</c>: one that stacks use as <c>external</c>. Prints its id.</summary>
internal sealed class NetworkCreateVerb : Verb
{
    private static readonly SwitchFlag Attachable = new("attachable", null, "Accepted for scripts that were written for docker: containers are attached by their stack files");
    private static readonly ListFlag AuxAddress = new("aux-address", null, "Addresses that no container gets, NAME=ADDRESS");
    private static readonly TextFlag Driver = new("driver", 'd', "Driver of the network: bridge, macvlan, ipvlan");
    private static readonly ListFlag Gateway = new("gateway", null, "Gateway of the subnet");
    private static readonly SwitchFlag Internal = new("internal", null, "Restrict external access to the network");
    private static readonly ListFlag IpRange = new("ip-range", null, "Give containers addresses of this part of the subnet only");
    private static readonly SwitchFlag Ipv4 = new("ipv4", null, "Enable or disable IPv4: --ipv4=false");
    private static readonly SwitchFlag Ipv6 = new("ipv6", null, "Enable or disable IPv6");
    private static readonly ListFlag Label = new("label", null, "Set metadata on a network, KEY=VALUE");
    private static readonly ListFlag Option = new("opt", 'o', "Set driver options, KEY=VALUE");
    private static readonly ListFlag Subnet = new("subnet", null, "Subnet in CIDR format, one of each family");

    public override string Name => "network create";

    public override string Summary => "Create a network that belongs to no project";

    public override string Operands => "NETWORK";

    public override IReadOnlyList<Flag> Flags => [Attachable, AuxAddress, Driver, Gateway, Internal, IpRange, Ipv4, Ipv6, Label, Option, Subnet];

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var request = new CreateNetworkRequest(
            invocation.Words[0], arguments.Value(Driver), KeyValues.Of(arguments, Option), KeyValues.Of(arguments, Label), Subnets(arguments),
            arguments.Has(Internal), arguments.Has(Attachable), Choice(arguments, Ipv4), Choice(arguments, Ipv6));
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.CreateAsync(supervisor, ControlRoutes.NetworkCreate, request, ControlJson.Default.CreateNetworkRequest, static progress => progress.Detail);
    }

    private static bool? Choice(ParsedArguments arguments, SwitchFlag flag) => arguments.Given(flag) ? arguments.Has(flag) : null;

    /// <summary>Gateways, ranges and reserved addresses belong to the subnet of their family.</summary>
    /// <exception cref="CommandFailedException">There is no subnet of that family.</exception>
    private static ImmutableArray<NetworkSubnetView> Subnets(ParsedArguments arguments)
    {
        var reserved = KeyValues.Of(arguments, AuxAddress);
        var subnets = arguments.Values(Subnet).Select(subnet => new NetworkSubnetView(
            subnet,
            arguments.Values(Gateway).FirstOrDefault(SameFamily(subnet)),
            arguments.Values(IpRange).FirstOrDefault(SameFamily(subnet)),
            reserved.Where(pair => SameFamily(subnet)(pair.Value)).ToImmutableSortedDictionary())).ToImmutableArray();
        foreach (var address in arguments.Values(Gateway).Concat(arguments.Values(IpRange)).Concat(reserved.Values))
        {
            if (!subnets.Any(subnet => SameFamily(subnet.Subnet)(address)))
            {
                throw new CommandFailedException($"{address} needs a --subnet that it is in");
            }
        }

        return subnets;
    }

    private static Func<string, bool> SameFamily(string subnet) => address => address.Contains(':') == subnet.Contains(':');
}
