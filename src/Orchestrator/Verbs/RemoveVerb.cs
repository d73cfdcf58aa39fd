using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class RemoveVerb : Verb
{
    private static readonly SwitchFlag Force = new("force", 'f', "Don't ask to confirm removal");
    private static readonly SwitchFlag Stop = new("stop", 's', "Stop the containers, if required, before removing");
    private static readonly SwitchFlag Volumes = new("volumes", 'v', "Remove any anonymous volumes attached to containers");

    public override string Name => "rm";

    public override string Summary => "Removes stopped service containers";

    public override IReadOnlyList<Flag> Flags => [Force, Stop, Volumes];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var going = (await supervisor.GetAsync(ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None))
            .Where(container => !container.IsOneOff && (invocation.Words.Count == 0 || invocation.Words.Contains(container.Service)))
            .Where(container => arguments.Has(Stop) || container.State is "created" or "exited" or "dead")
            .Select(container => container.Name).ToList();
        if (going.Count == 0)
        {
            invocation.Output.Error.WriteLine("No stopped containers");
            return ExitCode.Success;
        }

        if (!arguments.Has(Force) && !invocation.Global.IsDryRun && !Confirmation.Given(invocation, $"Going to remove {string.Join(", ", going)}"))
        {
            return ExitCode.Success;
        }

        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.Remove(target.Name),
            new RemoveContainersRequest([.. invocation.Words], arguments.Has(Stop), arguments.Has(Volumes)),
            ControlJson.Default.RemoveContainersRequest,
            "Removing");
    }
}
