using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class TopVerb : Verb
{
    public override string Name => "top";

    public override string Summary => "Display the running processes";

    public override string Operands => "[SERVICES...]";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Processes(target.Name), ControlJson.Default.ImmutableArrayProcessesView, CancellationToken.None);
        ProcessTable.Write(
            invocation.Output.Out,
            containers.Where(container => invocation.Words.Count == 0 || invocation.Words.Contains(container.Service)),
            UserNames.Read("/etc/passwd"),
            DateTimeOffset.Now);
        return ExitCode.Success;
    }
}
