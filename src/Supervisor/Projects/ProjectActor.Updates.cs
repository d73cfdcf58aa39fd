using System.Collections.Immutable;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>Updates of services in batches: journaled when they begin and when they end, so that one that a crash interrupted is known.</summary>
internal sealed partial class ProjectActor
{
    private void BeginUpdates(PlanRun run)
    {
        if (run.Plan.Updates.IsEmpty)
        {
            Go(run);
            return;
        }

        Carry(new(
            [.. run.Plan.Updates.Select(IProjectEvent (u) => new ServiceUpdateBegun(subject with { Service = u.Key }, environment.Now, u.Key, u.Value))],
            [new Then(() => Go(run))]));
    }

    /// <summary>A batch is over: the next begins after the delay, or not at all.</summary>
    private void Continue(PlanRun run, long order, Operation operation)
    {
        var step = operation.Step!;
        var failed = operation.AfterSettled.Count(run.Execution.Broken.Contains);
        if (failed > step.Tolerated)
        {
            Answered(order, $"{failed} of {step.Replicas} replicas failed, and {Allowed(step)}; the update is {(step.Action == "rollback" ? "rolled back" : "paused")}");
        }
        else if (step.Delay > TimeSpan.Zero)
        {
            Timers.StartSingleTimer((run, order), new WaitOver(run, order, step.Delay), step.Delay);
        }
        else
        {
            Answered(order, null);
        }
    }

    private static string Allowed(UpdateStep step) => step.Tolerated == 0 ? "none may" : $"at most {step.Tolerated} may";

    private void EndUpdates(PlanRun run)
    {
        foreach (var service in run.Plan.Updates.Keys)
        {
            var failed = run.Plan.Operations.FirstOrDefault(o => o.Kind == OperationKind.ContinueUpdate && o.Name == service && run.Execution.Broken.Contains(o.Id));
            var complete = run.Plan.Operations.Where(o => o.Kind == OperationKind.ContinueUpdate && o.Name == service && o.IfFailed.IsEmpty)
                .All(o => run.Execution.Done.Contains(o.Id));
            var outcome = complete ? UpdateOutcome.Completed
                : failed?.Step is { Action: "rollback" } ? UpdateOutcome.RolledBack
                : UpdateOutcome.Paused;
            var reason = complete ? "" : run.Execution.Warnings.Concat(run.Execution.Errors).LastOrDefault() ?? "it was interrupted";
            Carry(new([new ServiceUpdateEnded(subject with { Service = service }, environment.Now, service, outcome, reason)], []));
        }
    }

    /// <summary>Whoever carried it out is gone: nobody goes on with it before somebody asks.</summary>
    private void PauseInterruptedUpdates()
    {
        var events = State.Updates.Where(u => u.Value.Outcome is null).Select(IProjectEvent (u) => new ServiceUpdateEnded(
            subject with { Service = u.Key }, environment.Now, u.Key, UpdateOutcome.Paused, "the supervisor ended in the middle of it; `up` goes on with it")).ToImmutableArray();
        if (!events.IsEmpty)
        {
            Carry(new(events, []));
        }
    }
}
