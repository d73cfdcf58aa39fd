using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class NetworkListVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display network IDs");

    public override string Name => "network ls";

    public override string Summary => "List networks";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Format, NoTrunc, Quiet];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var networks = (await supervisor.GetAsync(ControlRoutes.Networks, ControlJson.Default.ImmutableArrayNetworkView, CancellationToken.None))
            .OrderBy(network => network.Name, StringComparer.Ordinal);
        var output = invocation.Output.Out;
        var truncate = !invocation.Arguments.Has(NoTrunc);
        if (invocation.Arguments.Has(Quiet))
        {
            foreach (var network in networks)
            {
                output.WriteLine(Id(network));
            }
        }
        else if (invocation.Arguments.Value(Format) == "json")
        {
            foreach (var network in networks)
            {
                JsonOutput.WriteLine(output, network, (json, network) =>
                {
                    json.WriteString("CreatedAt", network.CreatedAt);
                    json.WriteString("Driver", network.Driver);
                    json.WriteString("ID", Id(network));
                    json.WriteString("IPv4", network.EnableIpv4 ? "true" : "false");
                    json.WriteString("IPv6", network.EnableIpv6 ? "true" : "false");
                    json.WriteString("Internal", network.Internal ? "true" : "false");
                    json.WriteString("Labels", string.Join(',', network.Labels.Select(label => $"{label.Key}={label.Value}")));
                    json.WriteString("Name", network.Name);
                    json.WriteString("Scope", "local");
                });
            }
        }
        else
        {
            var table = new Table("NETWORK ID", "NAME", "DRIVER", "SUBNETS");
            foreach (var network in networks)
            {
                table.Add(Id(network), network.Name, network.Driver, string.Join(' ', network.Subnets.Select(subnet => subnet.Subnet)));
            }

            table.Write(output);
        }

        return ExitCode.Success;

        string Id(NetworkView network) => truncate ? ContainerText.ShortId(network.Id) : network.Id;
    }
}
