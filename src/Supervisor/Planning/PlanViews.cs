using System.Collections.Immutable;
using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Planning;

/// <summary>A plan as the control API shows it. Pure.</summary>
public static class PlanViews
{
    public static PlanView Of(Plan plan, ImmutableArray<ForetoldImage> images) => new(
        [.. images.Select(i => new PlannedStep(0, i.Action, "image", i.Image, i.Cause, [])), .. plan.Operations.Select(Step)],
        plan.Unchanged);

    private static string Cause(Operation operation) => operation.IfFailed.IsEmpty
        ? operation.Cause
        : $"{operation.Cause}; only if {string.Join(" or ", operation.IfFailed)} fails";

    /// <summary>The kinds of operations are named verb first: <c>CreateContainer</c>.</summary>
    private static PlannedStep Step(Operation operation)
    {
        var kind = operation.Kind.ToString();
        var noun = 1 + kind.AsSpan(1).IndexOfAnyInRange('A', 'Z');
        return noun == 0
            ? new PlannedStep(operation.Id, kind.ToLowerInvariant(), "container", operation.Name, Cause(operation), operation.After)
            : new PlannedStep(
                operation.Id, kind[..noun].ToLowerInvariant(), kind[noun..].ToLowerInvariant(), operation.Name, Cause(operation), operation.After);
    }
}
