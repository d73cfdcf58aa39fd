using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class NetworkInspectVerb : Verb
{
    public override string Name => "network inspect";

    public override string Summary => "Display all that is known of one or more networks";

    public override string Operands => "NETWORK [NETWORK...]";

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var networks = await supervisor.GetAsync(ControlRoutes.Networks, ControlJson.Default.ImmutableArrayNetworkView, CancellationToken.None);
        var found = new List<NetworkView>();
        var code = ExitCode.Success;
        foreach (var name in invocation.Words)
        {
            var network = networks.FirstOrDefault(n => n.Name == name)
                ?? networks.FirstOrDefault(n => name.Length >= 4 && n.Id.StartsWith(name, StringComparison.Ordinal));
            if (network is not null)
            {
                found.Add(network);
            }
            else
            {
                invocation.Output.Fail($"no such network: {name}");
                code = ExitCode.Failure;
            }
        }

        JsonOutput.WriteArray(invocation.Output.Out, found, WriteFields, indented: true);
        return code;
    }

    /// <summary>The names and forms of <c>docker network inspect</c>; <c>Interface</c> and <c>Project</c> are ours.</summary>
    private static void WriteFields(Utf8JsonWriter json, NetworkView network)
    {
        json.WriteString("Name", network.Name);
        json.WriteString("Id", network.Id);
        json.WriteString("Created", network.CreatedAt);
        json.WriteString("Scope", "local");
        json.WriteString("Driver", network.Driver);
        json.WriteBoolean("EnableIPv4", network.EnableIpv4);
        json.WriteBoolean("EnableIPv6", network.EnableIpv6);
        json.WriteStartObject("IPAM");
        json.WriteString("Driver", "default");
        json.WriteStartArray("Config");
        foreach (var subnet in network.Subnets)
        {
            json.WriteStartObject();
            json.WriteString("Subnet", subnet.Subnet);
            if (subnet.Range is { } range)
            {
                json.WriteString("IPRange", range);
            }

            json.WriteString("Gateway", subnet.Gateway);
            if (subnet.Reserved is { } reserved)
            {
                WriteMap(json, "AuxiliaryAddresses", reserved);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteBoolean("Internal", network.Internal);
        json.WriteBoolean("Attachable", network.Attachable);
        json.WriteString("Interface", network.Link);
        json.WriteString("Project", network.Project);
        json.WriteStartObject("Containers");
        foreach (var member in network.Members.Where(member => member.Connected))
        {
            json.WriteStartObject(member.ContainerId);
            json.WriteString("Name", member.Name);
            json.WriteString("MacAddress", member.Mac);
            json.WriteString("IPv4Address", member.Ipv4 ?? "");
            json.WriteString("IPv6Address", member.Ipv6 ?? "");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteMap(json, "Options", network.Options);
        WriteMap(json, "Labels", network.Labels);
    }

    private static void WriteMap(Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
