using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Tests.Health;

public sealed class HealthDecisionsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly HealthSpec Spec = new(["true"])
    {
        Interval = TimeSpan.FromSeconds(10),
        Retries = 2,
        StartPeriod = TimeSpan.FromSeconds(60),
        StartInterval = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void Is_healthy_with_the_first_success_also_within_the_start_period() =>
        Assert.Equal(HealthStatus.Healthy, Probe(HealthProbing.Begin, 1, 0).Status);

    [Fact]
    public void Failures_within_the_start_period_do_not_count()
    {
        var probing = HealthProbing.Begin;
        for (var second = 1; second < 60; second++)
        {
            probing = Probe(probing, second, 1);
        }

        Assert.Equal((HealthStatus.Starting, 0), (probing.Status, probing.FailingStreak));
    }

    [Fact]
    public void Failures_after_the_start_period_count_up_to_the_retries()
    {
        var once = Probe(HealthProbing.Begin, 60, 1);
        var twice = Probe(once, 70, 1);

        Assert.Equal((HealthStatus.Starting, 1), (once.Status, once.FailingStreak));
        Assert.Equal((HealthStatus.Unhealthy, 2), (twice.Status, twice.FailingStreak));
    }

    [Fact]
    public void What_was_healthy_once_counts_its_failures_within_the_start_period()
    {
        var probing = Probe(Probe(Probe(HealthProbing.Begin, 1, 0), 2, 1), 3, 1);

        Assert.Equal(HealthStatus.Unhealthy, probing.Status);
    }

    [Fact]
    public void One_success_heals()
    {
        var probing = Probe(Probe(Probe(HealthProbing.Begin, 70, 1), 80, 1), 90, 0);

        Assert.Equal((HealthStatus.Healthy, 0), (probing.Status, probing.FailingStreak));
    }

    [Fact]
    public void A_probe_that_could_not_be_made_has_failed() =>
        Assert.Equal(1, Probe(HealthProbing.Begin, 60, -1).FailingStreak);

    [Fact]
    public void Who_must_say_that_it_is_ready_is_not_healthy_before() =>
        Assert.Equal(HealthStatus.Starting, Probe(HealthProbing.Begin with { Ready = false }, 1, 0).Status);

    [Fact]
    public void Probes_faster_during_the_start_period_until_it_is_healthy()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), HealthDecisions.NextIn(Spec, HealthStatus.Starting, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(10), HealthDecisions.NextIn(Spec, HealthStatus.Healthy, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(10), HealthDecisions.NextIn(Spec, HealthStatus.Starting, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void A_start_interval_without_a_start_period_changes_nothing() =>
        Assert.Equal(TimeSpan.FromSeconds(10), HealthDecisions.NextIn(Spec with { StartPeriod = TimeSpan.Zero }, HealthStatus.Starting, TimeSpan.Zero));

    [Fact]
    public void Keeps_the_newest_five_results()
    {
        var probing = HealthProbing.Begin;
        for (var second = 1; second <= 7; second++)
        {
            probing = Probe(probing, second, 0, $"{second}");
        }

        Assert.Equal(["3", "4", "5", "6", "7"], probing.Results.Select(r => r.Output));
    }

    [Fact]
    public void Says_why_in_a_line()
    {
        Assert.Equal("", HealthDecisions.Reason(HealthProbing.Begin));
        Assert.Equal("its check succeeded", HealthDecisions.Reason(Probe(HealthProbing.Begin, 1, 0)));
        Assert.Equal(
            "1 failure in a row; the last check exited with code 7: connection refused",
            HealthDecisions.Reason(Probe(HealthProbing.Begin, 61, 7, "\nconnection refused\nat line 3\n")));
        Assert.Equal(
            "2 failures in a row; the last check exceeded its timeout",
            HealthDecisions.Reason(Probe(Probe(HealthProbing.Begin, 61, 7), 62, -1, "exceeded its timeout")));
    }

    /// <param name="second">Of the run; the time of day, which anybody may set, goes backwards.</param>
    private static HealthProbing Probe(HealthProbing probing, int second, int exitCode, string output = "") => HealthDecisions.After(
        Spec, probing, new ProbeResult(Start.AddHours(-second), TimeSpan.FromMilliseconds(5), exitCode, output), TimeSpan.FromSeconds(second));
}
