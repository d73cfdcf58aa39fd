using System.Collections.Immutable;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>What <c>start</c>, <c>stop</c>, <c>restart</c> and <c>kill</c> have in common.</summary>
internal static class ServiceRequests
{
    public static async Task<int> PerformAsync(Invocation invocation, string verb, string title, Func<ImmutableArray<string>, ServicesRequest> request)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.Services(target.Name, verb),
            request([.. invocation.Words]),
            ControlJson.Default.ServicesRequest,
            title);
    }
}
