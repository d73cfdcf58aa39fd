using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class StopVerb : Verb
{
    private static readonly NumberFlag Timeout = new("timeout", 't', "Specify a shutdown timeout in seconds");

    public override string Name => "stop";

    public override string Summary => "Stop services";

    public override IReadOnlyList<Flag> Flags => [Timeout];

    public override Task<int> RunAsync(Invocation invocation) => ServiceRequests.PerformAsync(
        invocation, "stop", "Stopping", services => new ServicesRequest(services, invocation.Arguments.Value(Timeout)));
}
