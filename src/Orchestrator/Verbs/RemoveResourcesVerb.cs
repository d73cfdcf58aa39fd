using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>What <c>image rm</c>, <c>network rm</c> and <c>volume rm</c> have in common.</summary>
/// <param name="kind">As in the verb's name.</param>
/// <param name="force">What <c>-f</c> is good for.</param>
internal abstract class RemoveResourcesVerb(string kind, string route, string force) : Verb
{
    private readonly SwitchFlag force = new("force", 'f', force);

    public sealed override string Name => kind + " rm";

    public sealed override string Operands => $"{kind.ToUpperInvariant()} [{kind.ToUpperInvariant()}...]";

    public sealed override IReadOnlyList<Flag> Flags => [force];

    public sealed override int LeastOperands => 1;

    public sealed override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.PerformAsync(
            supervisor, route, new RemoveRequest([.. invocation.Words], invocation.Arguments.Has(force)), ControlJson.Default.RemoveRequest, "Removing");
    }
}
