using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class PauseVerb : Verb
{
    public override string Name => "pause";

    public override string Summary => "Pause services";

    public override Task<int> RunAsync(Invocation invocation) => ServiceRequests.PerformAsync(
        invocation, "pause", "Pausing", services => new ServicesRequest(services));
}
