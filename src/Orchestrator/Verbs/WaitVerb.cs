using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>wait</c>: until the containers have stopped for good; one that its policy starts again has not.</summary>
internal sealed class WaitVerb : Verb
{
    private static readonly SwitchFlag DownProject = new("down-project", null, "Drops project when the first container stops");

    public override string Name => "wait";

    public override string Summary => "Block until containers of all (or specified) services stop.";

    public override string Operands => "SERVICE [SERVICE...]";

    public override IReadOnlyList<Flag> Flags => [DownProject];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var meant = containers.Where(container => !container.IsOneOff && invocation.Words.Contains(container.Service)).ToImmutableArray();
        if (meant.IsEmpty)
        {
            throw new CommandFailedException($"no containers for project \"{target.Name}\"");
        }

        var onlyFirst = invocation.Arguments.Has(DownProject);
        var code = await WaitAsync(invocation, supervisor, target.Name, meant, onlyFirst);
        if (onlyFirst && await DownAsync(invocation, supervisor, target) is var failed and not ExitCode.Success)
        {
            return failed;
        }

        return code;
    }

    /// <returns>The code of the last to end, or of the first if only that one counts.</returns>
    private static async Task<int> WaitAsync(
        Invocation invocation, SupervisorConnection supervisor, string project, ImmutableArray<ContainerView> meant, bool onlyFirst)
    {
        var left = meant.Select(container => container.Id).ToHashSet();
        var over = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new Lock();
        void Observe(ContainerView container)
        {
            lock (gate)
            {
                if (container.State is not ("exited" or "dead" or "removing") || !left.Remove(container.Id))
                {
                    return;
                }

                var code = container.ExitCode ?? 0;
                invocation.Output.Out.WriteLine($"container \"{container.Name}\" exited with status code {code}");
                invocation.Output.Out.Flush();
                if (onlyFirst || left.Count == 0)
                {
                    left.Clear();
                    over.TrySetResult(code);
                }
            }
        }

        using var watching = new CancellationTokenSource();
        var watch = ContainerWatch.RunAsync(supervisor, project, Observe, watching.Token);
        try
        {
            return await await Task.WhenAny(over.Task, Failed(watch)).WaitAsync(invocation.Interrupts.First);
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    /// <summary>A watch ends by itself only when the supervisor cannot be reached.</summary>
    private static async Task<int> Failed(Task watch)
    {
        await watch;
        throw new OperationCanceledException();
    }

    private static Task<int> DownAsync(Invocation invocation, SupervisorConnection supervisor, ProjectTarget target) => invocation.PerformAsync(
        supervisor,
        ControlRoutes.Down(target.Name),
        new DownRequest(target.Stack?.Json, [], RemoveOrphans: target.RemovesOrphans),
        ControlJson.Default.DownRequest);
}
