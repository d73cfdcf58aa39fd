using System.Collections.Immutable;

namespace Devoxx.Supervisor.Planning;

/// <summary>How far the carrying out of a plan has come. Decides nothing but what may go next. Immutable.</summary>
public sealed record PlanExecution
{
    private PlanExecution(Plan plan) => Plan = plan;

    public Plan Plan { get; }

    public ImmutableSortedSet<int> Waiting { get; private init; } = [];

    public ImmutableSortedSet<int> Running { get; private init; } = [];

    public ImmutableSortedSet<int> Done { get; private init; } = [];

    public ImmutableList<string> Errors { get; private init; } = [];

    /// <summary>Nothing is under way and nothing can be.</summary>
    public bool IsOver => Running.IsEmpty && Waiting.IsEmpty;

    public static PlanExecution Of(Plan plan) => new(plan) { Waiting = [.. plan.Operations.Select(o => o.Id)] };

    public Operation Operation(int id) => Plan.Operations[id - 1];

    /// <summary>Everything that may go now, counted as under way from here on.</summary>
    public (PlanExecution Execution, ImmutableArray<Operation> Ready) Begin()
    {
        var ready = Waiting.Select(Operation).Where(o => o.After.All(Done.Contains)).ToImmutableArray();
        var ids = ready.Select(o => o.Id);
        return (this with { Waiting = Waiting.Except(ids), Running = Running.Union(ids) }, ready);
    }

    public PlanExecution Succeeded(int id) => this with { Running = Running.Remove(id), Done = Done.Add(id) };

    /// <summary>What waits for it, directly or not, will not be done; the rest goes on.</summary>
    public PlanExecution Failed(int id, string error)
    {
        var failed = new HashSet<int> { id };
        foreach (var operation in Plan.Operations)
        {
            if (operation.After.Any(failed.Contains))
            {
                failed.Add(operation.Id);
            }
        }

        return this with { Running = Running.Remove(id), Waiting = Waiting.Except(failed), Errors = Errors.Add(error) };
    }

    /// <summary>What is under way comes out; nothing more begins.</summary>
    public PlanExecution Cancelled(string why) => Waiting.IsEmpty ? this : this with { Waiting = [], Errors = Errors.Add(why) };
}
