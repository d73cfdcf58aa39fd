using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class UnpauseVerb : Verb
{
    public override string Name => "unpause";

    public override string Summary => "Unpause services";

    public override Task<int> RunAsync(Invocation invocation) => ServiceRequests.PerformAsync(
        invocation, "unpause", "Unpausing", services => new ServicesRequest(services));
}
