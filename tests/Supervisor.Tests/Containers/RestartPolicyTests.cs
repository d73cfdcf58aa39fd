using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Tests.Containers;

public sealed class RestartPolicyTests
{
    private static readonly RestartPolicy Deployed = RestartPolicy.Of(RestartCondition.OnFailure, 2) with
    {
        Delay = TimeSpan.FromSeconds(5), MaxDelay = TimeSpan.FromSeconds(5), Factor = 1, ResetAfter = TimeSpan.FromSeconds(30), Origin = "deploy.restart_policy",
    };

    [Fact]
    public void A_run_as_long_as_the_window_begins_the_counting_anew()
    {
        Assert.Equal(2, Deployed.After(1, 1, TimeSpan.FromSeconds(29)).Attempt);
        Assert.Equal(1, Deployed.After(1, 2, TimeSpan.FromSeconds(30)).Attempt);
        Assert.Equal(
            "deploy.restart_policy allows 2 restarts that do not last 30 s, and all of them failed; the last exit code was 7",
            Deployed.After(7, 2, TimeSpan.FromSeconds(29)).GivenUpBecause);
    }

    [Fact]
    public void Without_a_window_no_run_is_long_enough() =>
        Assert.NotNull((Deployed with { ResetAfter = RestartPolicy.Never }).After(1, 2, TimeSpan.FromDays(9)).GivenUpBecause);

    [Fact]
    public void A_fixed_delay_stays() => Assert.Equal([5, 5, 5], Enumerable.Range(1, 3).Select(attempt => Deployed.DelayBefore(attempt).TotalSeconds));

    [Fact]
    public void Delays_grow_by_the_factor_up_to_the_cap()
    {
        var policy = RestartPolicy.Of(RestartCondition.Always) with { Delay = TimeSpan.FromSeconds(1), Factor = 3, MaxDelay = TimeSpan.FromSeconds(10) };

        Assert.Equal([1, 3, 9, 10, 10], Enumerable.Range(1, 5).Select(attempt => policy.DelayBefore(attempt).TotalSeconds));
        Assert.Equal(10, policy.DelayBefore(100_000).TotalSeconds);
    }

    [Fact]
    public void Jitter_moves_a_delay_by_its_part_and_no_more()
    {
        var policy = RestartPolicy.Of(RestartCondition.Always) with { Delay = TimeSpan.FromSeconds(10), Jitter = 0.2 };

        Assert.Equal(8, policy.DelayBefore(1, 0).TotalSeconds);
        Assert.Equal(12, policy.DelayBefore(1, 1).TotalSeconds);
        var chances = Enumerable.Range(1, 1000).Select(run => RestartPolicy.Chance(new string('a', 64), run)).ToArray();
        Assert.All(chances, chance => Assert.InRange(chance, 0, 1));
        Assert.InRange(chances.Average(), 0.45, 0.55);
        Assert.Equal(chances[6], RestartPolicy.Chance(new string('a', 64), 7));
    }

    [Fact]
    public void Success_is_what_the_file_calls_so()
    {
        var policy = RestartPolicy.Of(RestartCondition.OnFailure) with { SuccessExitCodes = [0, 3] };

        Assert.Null(policy.After(3, 0, TimeSpan.Zero).Attempt);
        Assert.Equal(1, policy.After(4, 0, TimeSpan.Zero).Attempt);
    }

    [Fact]
    public void A_permanent_failure_ends_every_policy() =>
        Assert.Contains("exit code 78 is a permanent failure", (RestartPolicy.Of(RestartCondition.Always) with { PermanentExitCodes = [78] }).After(78, 0, TimeSpan.Zero).GivenUpBecause);

    [Fact]
    public void What_was_ended_because_it_was_sick_is_a_failure_whatever_its_exit_code()
    {
        Assert.Equal(1, RestartPolicy.Of(RestartCondition.OnFailure).After(0, 0, TimeSpan.Zero, sick: true).Attempt);
        Assert.Null(RestartPolicy.No.After(0, 0, TimeSpan.Zero, sick: true).Attempt);
        Assert.Equal(1, (RestartPolicy.No with { OnUnhealthy = UnhealthyAction.Restart }).After(0, 0, TimeSpan.Zero, sick: true).Attempt);
    }
}
