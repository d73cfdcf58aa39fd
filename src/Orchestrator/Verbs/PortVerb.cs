using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>Where on this machine a port of a service is reached.</summary>
internal sealed class PortVerb : Verb
{
    private static readonly NumberFlag Index = new("index", null, "Index of the container if service has multiple replicas");
    private static readonly TextFlag Protocol = new("protocol", null, "tcp or udp (default tcp)") { Choices = ["tcp", "udp", "sctp"] };

    public override string Name => "port";

    public override string Summary => "Print the public port for a port binding";

    public override string Operands => "SERVICE PRIVATE_PORT";

    public override IReadOnlyList<Flag> Flags => [Index, Protocol];

    public override int LeastOperands => 2;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var (service, text) = (invocation.Words[0], invocation.Words[1]);
        var (number, protocol) = text.Split('/', 2) is [var n, var p] ? (n, p) : (text, invocation.Arguments.Value(Protocol) ?? "tcp");
        if (!ushort.TryParse(number, out var port) || port == 0)
        {
            throw new CommandFailedException($"{text} is not a port; say e.g. 80");
        }

        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices([service]);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var wanted = invocation.Arguments.Value(Index);
        var container = containers.Where(c => c.Service == service && (wanted is null || c.Number == wanted)).OrderBy(c => c.Number).FirstOrDefault()
            ?? throw new CommandFailedException(wanted is null ? $"service {service} has no container" : $"service {service} has no container number {wanted}");
        var found = PortText.Find(container, port, protocol).FirstOrDefault()
            ?? throw new CommandFailedException(container.Connections is null
                ? $"container {container.Name} does not run, so none of its ports is published"
                : $"no port {port}/{protocol} for container {container.Name}: {(PortText.Of(container) is { Length: > 0 } ports ? ports : "it publishes none")}");
        invocation.Output.Out.WriteLine(found);
        return ExitCode.Success;
    }
}
