using Akka.Actor;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>
/// Who may start when, and who restarts with whom: containers do not know each other, the project holds each start against
/// what the others are like, and looks again whenever one of them changes.
/// </summary>
internal sealed partial class ProjectActor
{
    private readonly List<StartDue> dueWhileRecovering = [];
    private readonly List<Awaited> awaited = [];

    /// <summary>Starts that were asked for while an earlier run was still stopping.</summary>
    private readonly List<Awaited> held = [];

    /// <summary>The machine stops: what a policy or a dependency would start is started when it is back.</summary>
    private bool halting;

    /// <summary>An operation that is over when a container is as it has it.</summary>
    private sealed record Awaited(PlanRun Run, long Order, Operation Operation);

    /// <summary>What somebody wanted to wait for at most is over.</summary>
    /// <param name="Order">The operation it is about; null: whatever the run waits for.</param>
    private sealed record WaitOver(PlanRun Run, long? Order, TimeSpan Waited);

    private StartGate GateOf(string id, bool asked) => containers.TryGetValue(id, out var container) && container.Spec is { } spec
        ? StartGates.Of(Defined(), spec.Service, containers.Values, asked)
        : StartGate.Open;

    private void Start(PlanRun run, long order, Operation operation)
    {
        if (halting)
        {
            Answered(order, "the machine stops");
            return;
        }

        if (containers.GetValueOrDefault(operation.ContainerId!) is { IsBeingStopped: true })
        {
            held.Add(new Awaited(run, order, operation));
            run.Tell(operation, "Waiting", "it is stopping");
            return;
        }

        var gate = operation.Ungated ? StartGate.Open : GateOf(operation.ContainerId!, asked: true);
        Warn(run, gate);
        if (gate.Verdict == StartVerdict.Wait)
        {
            run.Tell(operation, "Waiting", gate.Reason);
        }

        Child(operation.ContainerId!).Tell(new StartContainer(order, operation.Cause, gate, operation.Ungated, operation.StartedBy));
    }

    /// <summary>A back-off is over.</summary>
    private void Due(StartDue due)
    {
        if (halting)
        {
            return;
        }

        if (recovering.Count > 0)
        {
            // How the others are is known when all have looked.
            dueWhileRecovering.Add(due);
            return;
        }

        var ungated = containers.TryGetValue(due.ContainerId, out var container) && container.Ungated;
        Child(due.ContainerId).Tell(new BackOffElapsed(due.Attempt, ungated ? StartGate.Open : GateOf(due.ContainerId, asked: false)));
    }

    /// <summary>Something has changed: what waits may go, what depends on it may have to follow, what was awaited may have come.</summary>
    private void Reconsider(ContainerState changed)
    {
        if (recovering.Count > 0)
        {
            return;
        }

        if (!halting)
        {
            ReconsiderStarts();
            if (changed.Phase == ContainerPhase.Running)
            {
                FollowIfDue();
            }
        }

        if (!changed.IsBeingStopped)
        {
            foreach (var start in held.Where(h => h.Operation.ContainerId == changed.Spec?.Id).ToList())
            {
                held.Remove(start);
                Start(start.Run, start.Order, start.Operation);
            }
        }

        foreach (var wait in awaited.Where(w => w.Operation.ContainerId == changed.Spec?.Id).ToList())
        {
            Look(wait);
        }
    }

    private void ReconsiderStarts()
    {
        foreach (var waiting in containers.Values.Where(c => c.Phase == ContainerPhase.Waiting).ToList())
        {
            ReconsiderStart(waiting);
        }
    }

    private void ReconsiderStart(ContainerState waiting)
    {
        var gate = waiting.Waiting!.Ungated ? StartGate.Open : GateOf(waiting.Spec!.Id, waiting.Waiting.Asked);
        if (gate.Verdict != StartVerdict.Wait || gate.Reason != waiting.Waiting.Reason)
        {
            foreach (var run in runs.Where(r => r.Orders.Values.Any(o => r.Execution.Operation(o).ContainerId == waiting.Spec!.Id)))
            {
                Warn(run, gate);
            }

            Child(waiting.Spec!.Id).Tell(new DependenciesChanged(gate));
        }
    }

    /// <summary>Of dependencies that are not required, and failed.</summary>
    private static void Warn(PlanRun run, StartGate gate)
    {
        if (!gate.Ignored.IsDefaultOrEmpty)
        {
            run.Execution = run.Execution.Warned(gate.Ignored.Except(run.Execution.Warnings));
        }
    }

    private void FollowIfDue()
    {
        foreach (var container in containers.Values.ToList())
        {
            if (StartGates.Followed(Defined(), container, containers.Values) is { } dependency)
            {
                Child(container.Spec!.Id).Tell(new FollowDependency(
                    $"{dependency.Spec!.Service} has been started again, and its dependants follow (depends_on: restart: true)"));
            }
        }
    }

    private void RecoveredIfAll()
    {
        if (recovering.Count > 0)
        {
            return;
        }

        PauseInterruptedUpdates();
        foreach (var due in dueWhileRecovering)
        {
            Due(due);
        }

        dueWhileRecovering.Clear();
        ReconsiderStarts();
        FollowIfDue();
    }

    private void Await(PlanRun run, long order, Operation operation)
    {
        var wait = new Awaited(run, order, operation);
        awaited.Add(wait);
        Look(wait);
    }

    private void Look(Awaited wait)
    {
        var state = containers.GetValueOrDefault(wait.Operation.ContainerId!) ?? ContainerState.Initial;
        var stands = ConditionState.Of(state, wait.Operation.Condition);
        switch (stands.Standing)
        {
            case ConditionStanding.Met when state.Phase == ContainerPhase.Running && LeftToRun(state, wait.Operation) is { } left && left > TimeSpan.Zero:
                Timers.StartSingleTimer(wait, new WaitOver(wait.Run, wait.Order, wait.Operation.Monitor), left);
                break;
            case ConditionStanding.Met:
                Settle(wait, null);
                break;
            case not ConditionStanding.NotYet:
                Settle(wait, stands.Reason);
                break;
        }
    }

    private static TimeSpan LeftToRun(ContainerState state, Operation operation) => operation.Monitor - state.Process!.RanFor(BootClock.Now);

    private void Settle(Awaited wait, string? error)
    {
        awaited.Remove(wait);
        Timers.Cancel(wait);
        Answered(wait.Order, error);
    }

    private void Over(WaitOver over)
    {
        if (over.Order is { } order)
        {
            if (awaited.Find(w => w.Run == over.Run && w.Order == order) is { } watched)
            {
                Look(watched);
            }
            else
            {
                Answered(order, null);
            }

            return;
        }

        Abandon(over.Run, $"it was not ready within {InWords.Span(over.Waited)}");
    }

    /// <summary>Whatever a run waits for, it waits for no longer; what it has begun goes on by itself.</summary>
    private void Abandon(PlanRun run, string why)
    {
        foreach (var (_, id) in run.Orders.ToList())
        {
            if (run.Execution.Operation(id) is { Kind: OperationKind.StartContainer, ContainerId: { } container })
            {
                Child(container).Tell(new AbandonWait(containers.GetValueOrDefault(container)?.Waiting is { } waiting ? $"{why}, {waiting.Reason}" : why));
            }
        }

        foreach (var start in held.Where(h => h.Run == run).ToList())
        {
            held.Remove(start);
            Answered(start.Order, $"{why}: it is stopping");
        }

        foreach (var wait in awaited.Where(w => w.Run == run).ToList())
        {
            var state = containers.GetValueOrDefault(wait.Operation.ContainerId!) ?? ContainerState.Initial;
            var reason = state.Spec is null ? "" : View(state).Status;
            Settle(wait, reason.Length > 0 ? $"{why}: {reason}" : why);
        }

        foreach (var (order, id) in run.Orders.Where(o => run.Execution.Operation(o.Value).Kind == OperationKind.ContinueUpdate).ToList())
        {
            Answered(order, why);
        }
    }

    /// <summary>As people see it, with what is known of the update of its service.</summary>
    private ContainerView View(ContainerState state)
    {
        var view = ContainerViews.Of(state, environment.Root, environment.Now, BootClock.Now, memoryKills.GetValueOrDefault(state.Spec!.Id));
        return State.Updates.GetValueOrDefault(state.Spec!.Service) is { Outcome: { } outcome, Reason: var reason }
            ? view with { Status = string.Join("; ", new[] { view.Status, $"update {InWords.Outcome(outcome)}: {reason}" }.Where(s => s.Length > 0)) }
            : view;
    }
}
