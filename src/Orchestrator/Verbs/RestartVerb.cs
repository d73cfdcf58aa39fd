using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class RestartVerb : Verb
{
    private static readonly SwitchFlag NoDeps = new("no-deps", null, "Don't restart dependent services");
    private static readonly NumberFlag Timeout = new("timeout", 't', "Specify a shutdown timeout in seconds");

    public override string Name => "restart";

    public override string Summary => "Restart service containers";

    public override IReadOnlyList<Flag> Flags => [NoDeps, Timeout];

    public override Task<int> RunAsync(Invocation invocation) => ServiceRequests.PerformAsync(
        invocation,
        "restart",
        "Restarting",
        services => new ServicesRequest(services, invocation.Arguments.Value(Timeout), NoDeps: invocation.Arguments.Has(NoDeps)));
}
