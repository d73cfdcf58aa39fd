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

    public ImmutableSortedSet<int> Broken { get; private init; } = [];

    public ImmutableList<string> Errors { get; private init; } = [];

    /// <summary>What went wrong and was to be expected to.</summary>
    public ImmutableList<string> Warnings { get; private init; } = [];

    /// <summary>Nothing is under way and nothing can be.</summary>
    public bool IsOver => Running.IsEmpty && Waiting.IsEmpty;

    public static PlanExecution Of(Plan plan) => new(plan) { Waiting = [.. plan.Operations.Select(o => o.Id)] };

    public Operation Operation(int id) => Plan.Operations[id - 1];

    /// <summary>Everything that may go now, counted as under way from here on.</summary>
    public (PlanExecution Execution, ImmutableArray<Operation> Ready) Begin()
    {
        var waiting = WithoutTheImpossible();
        var ready = waiting.Select(Operation).Where(o => o.After.All(Done.Contains) && IsDue(o, waiting)).ToImmutableArray();
        var ids = ready.Select(o => o.Id);
        return (this with { Waiting = waiting.Except(ids), Running = Running.Union(ids) }, ready);
    }

    public PlanExecution Succeeded(int id) => this with { Running = Running.Remove(id), Done = Done.Add(id) };

    /// <summary>What waits for it, directly or not, will not be done; the rest goes on.</summary>
    public PlanExecution Failed(int id, string error)
    {
        var broken = this with { Running = Running.Remove(id), Broken = Broken.Add(id) };
        broken = Operation(id).Tolerable ? broken with { Warnings = Warnings.Add(error) } : broken with { Errors = Errors.Add(error) };
        return broken with { Waiting = broken.WithoutTheImpossible() };
    }

    public PlanExecution Warned(IEnumerable<string> warnings) => this with { Warnings = Warnings.AddRange(warnings) };

    /// <summary>What is under way comes out; nothing more begins.</summary>
    public PlanExecution Cancelled(string why) => Waiting.IsEmpty ? this : this with { Waiting = [], Errors = Errors.Add(why) };

    private bool IsDue(Operation operation, ImmutableSortedSet<int> waiting) =>
        operation.AfterSettled.All(id => IsSettled(id, waiting)) && operation.IfFailed.All(id => IsSettled(id, waiting));

    private bool IsSettled(int id, ImmutableSortedSet<int> waiting) => !waiting.Contains(id) && !Running.Contains(id);

    /// <summary>Leaves out what waits for something that did not come about, and what was only for a failure that did not.</summary>
    private ImmutableSortedSet<int> WithoutTheImpossible()
    {
        // An operation only names earlier ones: one pass in their order finds all.
        var left = Waiting;
        foreach (var operation in Waiting.Select(Operation))
        {
            var hopeless = operation.After.Any(id => !Done.Contains(id) && IsSettled(id, left));
            var needless = !operation.IfFailed.IsEmpty && operation.IfFailed.All(id => IsSettled(id, left)) && !operation.IfFailed.Any(Broken.Contains);
            if (hopeless || needless)
            {
                left = left.Remove(operation.Id);
            }
        }

        return left;
    }
}
