using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Tests.Planning;

public sealed class PlanExecutionTests
{
    private static readonly Plan Diamond = Plan.Empty with
    {
        Operations = [Step(1), Step(2, 1), Step(3, 1), Step(4, 2, 3), Step(5)],
    };

    [Fact]
    public void Begins_everything_that_waits_for_nothing_more()
    {
        var (execution, ready) = PlanExecution.Of(Diamond).Begin();
        Assert.Equal([1, 5], ready.Select(o => o.Id));

        (execution, ready) = execution.Succeeded(1).Begin();
        Assert.Equal([2, 3], ready.Select(o => o.Id));

        Assert.Empty(execution.Succeeded(2).Begin().Ready);
        Assert.Equal([4], execution.Succeeded(2).Succeeded(3).Begin().Ready.Select(o => o.Id));
    }

    [Fact]
    public void A_failure_takes_with_it_only_what_waits_for_it()
    {
        var (execution, _) = PlanExecution.Of(Diamond).Begin();
        (execution, var ready) = execution.Failed(1, "no").Begin();
        Assert.Empty(ready);
        Assert.False(execution.IsOver);

        execution = execution.Succeeded(5);
        Assert.True(execution.IsOver);
        Assert.Equal(["no"], execution.Errors);
    }

    [Fact]
    public void A_cancelled_plan_waits_for_what_is_under_way_and_begins_nothing_more()
    {
        var (execution, _) = PlanExecution.Of(Diamond).Begin();
        execution = execution.Cancelled("stop");
        Assert.False(execution.IsOver);

        (execution, var ready) = execution.Succeeded(1).Succeeded(5).Begin();
        Assert.Empty(ready);
        Assert.True(execution.IsOver);
    }

    [Fact]
    public void What_comes_after_something_in_any_case_begins_when_that_has_failed_or_was_left_out()
    {
        var plan = Plan.Empty with { Operations = [Step(1), Step(2, 1), Step(3) with { AfterSettled = [1, 2] }] };
        var (execution, ready) = PlanExecution.Of(plan).Begin();
        Assert.Equal([1], ready.Select(o => o.Id));

        (execution, ready) = execution.Failed(1, "no").Begin();

        Assert.Equal([3], ready.Select(o => o.Id));
        Assert.True(execution.Succeeded(3).IsOver);
    }

    [Fact]
    public void What_is_for_a_failure_is_done_only_after_that()
    {
        var plan = Plan.Empty with { Operations = [Step(1) with { Tolerable = true }, Step(2, 1), Step(3) with { IfFailed = [1] }, Step(4, 3)] };
        var (execution, _) = PlanExecution.Of(plan).Begin();

        var (well, next) = execution.Succeeded(1).Begin();
        Assert.Equal([2], next.Select(o => o.Id));
        Assert.True(well.Succeeded(2).IsOver);

        var (badly, instead) = execution.Failed(1, "no").Begin();
        Assert.Equal([3], instead.Select(o => o.Id));
        Assert.Equal(["no"], badly.Warnings);
        Assert.Empty(badly.Errors);
        Assert.Equal([4], badly.Succeeded(3).Begin().Ready.Select(o => o.Id));
    }

    [Fact]
    public void An_empty_plan_is_over_before_it_begins() => Assert.True(PlanExecution.Of(Plan.Empty).IsOver);

    private static Operation Step(int id, params int[] after) => new(id, OperationKind.StartContainer, "c" + id, "test", [.. after]);
}
