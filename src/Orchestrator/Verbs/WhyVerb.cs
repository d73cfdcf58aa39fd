using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>why SERVICE</c>: what each replica is doing, why, and what comes next, in a few lines.</summary>
internal sealed class WhyVerb : Verb
{
    public override string Name => "why";

    public override string Summary => "Tell what a service's containers are doing, and why";

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        foreach (var container in containers.Where(each => invocation.Words.Count == 0 || invocation.Words.Contains(each.Service)))
        {
            invocation.Output.Out.WriteLine($"{container.Name}: {ContainerText.StatusAndReason(container, now, truncate: false)}");
            if (container.Run > 0)
            {
                invocation.Output.Out.WriteLine(
                    $"  run {container.Run}, {container.RestartCount} restart{(container.RestartCount == 1 ? "" : "s")} by its policy{LastExit(container)}");
            }
        }

        return ExitCode.Success;
    }

    private static string LastExit(ContainerView container) =>
        container.ExitCode is not { } code ? ""
        : $"; last exit: code {code}{(container.Signal is { } signal ? $" (signal {Native.Processes.Signal.Name(signal)})" : "")}{(container.OutOfMemory ? ", out of memory" : "")}";
}
