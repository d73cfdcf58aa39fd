using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>From a plan to orders, and from their answers to what is ready next.</summary>
internal sealed partial class ProjectActor
{
    /// <summary>Whose answer nobody waits for; others count from one.</summary>
    private const long OrderOfNobody = 0;

    /// <summary>Gives out whatever is ready; when nothing is left, says how it ended.</summary>
    private void Go(PlanRun run)
    {
        (run.Execution, var ready) = run.Execution.Begin();
        if (run.Execution.IsOver)
        {
            runs.Remove(run);
            Timers.Cancel(run);
            EndUpdates(run);
            run.Finish();
            if (ReferenceEquals(run, main))
            {
                main = null;
                Next();
            }

            return;
        }

        // All containers that are about to be made are noted in one write, before the first is.
        var added = ready.Where(o => o.Kind == OperationKind.CreateContainer)
            .Select(IProjectEvent (o) => new ProjectContainerAdded(o.Container!.Subject, environment.Now, o.ContainerId!))
            .ToImmutableArray();
        if (added.IsEmpty)
        {
            GiveOut(run, ready);
        }
        else
        {
            Carry(new(added, [new Then(() => GiveOut(run, ready))]));
        }
    }

    private void GiveOut(PlanRun run, ImmutableArray<Operation> ready)
    {
        foreach (var operation in ready)
        {
            var order = ++orders;
            run.Orders[order] = operation.Id;
            run.Tell(operation, PlanRun.Doing(operation.Kind), done: false);
            switch (operation.Kind)
            {
                case OperationKind.CreateVolume:
                    Context.Parent.Tell(new CreateVolume(order, operation.Volume!, Self));
                    break;
                case OperationKind.CreateNetwork:
                    Context.Parent.Tell(new CreateNetwork(order, operation.Network!, Self));
                    break;
                case OperationKind.RemoveNetwork:
                    Context.Parent.Tell(new RemoveNetwork(order, operation.Name, operation.Cause, Self));
                    break;
                case OperationKind.RemoveVolume:
                    Context.Parent.Tell(new RemoveVolume(order, operation.Name, operation.Cause, Self));
                    break;
                case OperationKind.AwaitContainer:
                    Await(run, order, operation);
                    break;
                case OperationKind.ContinueUpdate:
                    Continue(run, order, operation);
                    break;
                case OperationKind.StartContainer:
                    Start(run, order, operation);
                    break;
                default:
                    Child(operation.ContainerId!).Tell(OrderOf(operation, order));
                    break;
            }
        }
    }

    private static IContainerOrder OrderOf(Operation operation, long order) => operation.Kind switch
    {
        OperationKind.CreateContainer => new CreateContainer(order, operation.Container!, operation.Cause),
        OperationKind.RenameContainer => new RenameContainer(order, operation.NewName!, operation.Cause),
        OperationKind.StopContainer => new StopContainer(order, operation.Grace, operation.Cause, operation.ByHalt),
        OperationKind.KillContainer => new KillContainer(order, operation.Signal, operation.Cause),
        OperationKind.PauseContainer => new PauseContainer(order, operation.Cause),
        OperationKind.UnpauseContainer => new UnpauseContainer(order, operation.Cause),
        OperationKind.RemoveContainer => new RemoveContainer(order, operation.Cause),
        _ => throw new InvalidOperationException($"{operation.Kind} is not for a container"),
    };

    private void Answered(long order, string? error)
    {
        if (runs.Find(r => r.Orders.ContainsKey(order)) is not { } run)
        {
            return;
        }

        run.Orders.Remove(order, out var id);
        var operation = run.Execution.Operation(id);
        run.Tell(operation, PlanRun.Did(operation.Kind), done: true, error);
        run.Execution = error is null ? run.Execution.Succeeded(id) : run.Execution.Failed(id, $"{Kind(operation)} {operation.Name}: {error}");
        if (operation.Kind == OperationKind.RemoveContainer && error is null)
        {
            Drop(operation.ContainerId!);
        }

        Go(run);
    }

    private static string Kind(Operation operation) =>
        operation.Kind is OperationKind.CreateVolume or OperationKind.RemoveVolume ? "volume"
        : operation.Kind is OperationKind.CreateNetwork or OperationKind.RemoveNetwork ? "network"
        : operation.Kind is OperationKind.ContinueUpdate ? "service" : "container";
}
