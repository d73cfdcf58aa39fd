using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class StartVerb : Verb
{
    public override string Name => "start";

    public override string Summary => "Start services";

    public override Task<int> RunAsync(Invocation invocation) => ServiceRequests.PerformAsync(
        invocation, "start", "Running", services => new ServicesRequest(services));
}
