using Devoxx.Orchestrator.Attachment;
using Devoxx.Supervisor.Control;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

public sealed class ReplicaStatesTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero);
    private readonly ReplicaStates states = new(Since);

    private static ContainerView View(string state, int run = 1, int? exitCode = null, int endedAfter = 5) =>
        ContainerListTests.View(state: state, exitCode: exitCode) with
        {
            Run = run,
            FinishedAt = state is "exited" or "restarting" || run > 1 ? Since.AddSeconds(endedAfter) : null,
        };

    [Fact]
    public void The_end_of_a_run_is_told_once()
    {
        Assert.Null(states.Observe(View("running")));
        Assert.Equal("exited with code 3", states.Observe(View("exited", exitCode: 3))?.Text);
        Assert.Null(states.Observe(View("exited", exitCode: 3)));
        Assert.True(states.AllStopped);
    }

    [Fact]
    public void A_restart_is_told_and_is_not_the_end()
    {
        states.Observe(View("running"));
        Assert.Equal("exited with code 1 (restarting)", states.Observe(View("restarting", exitCode: 1))?.Text);
        Assert.False(states.AllStopped);
        Assert.Null(states.Observe(View("running", run: 2)));
        Assert.Equal("exited with code 1 (restarting)", states.Observe(View("restarting", run: 2, exitCode: 1))?.Text);
    }

    [Fact]
    public void A_change_of_health_is_told_once()
    {
        Assert.Null(states.ObserveHealth(View("running") with { Health = "starting" }));
        Assert.Equal("is healthy", states.ObserveHealth(View("running") with { Health = "healthy" }));
        Assert.Null(states.ObserveHealth(View("running") with { Health = "healthy" }));
        Assert.Equal("is unhealthy: 3 failures", states.ObserveHealth(View("running") with { Health = "unhealthy", Status = "3 failures" }));
        Assert.Null(states.ObserveHealth(View("exited") with { Health = null }));
        Assert.Equal("is healthy", states.ObserveHealth(View("running", run: 2) with { Health = "healthy" }));
    }

    [Fact]
    public void Processes_that_the_kernel_kills_are_told_when_there_are_more_of_them()
    {
        Assert.Null(states.ObserveKills(View("running") with { MemoryKills = 1 }));
        Assert.Null(states.ObserveKills(View("running") with { MemoryKills = 1 }));
        Assert.Equal("is out of memory: the kernel killed a process in it (3 in this run)", states.ObserveKills(View("running") with { MemoryKills = 3 }));
        Assert.Null(states.ObserveKills(View("restarting", run: 2)));
        Assert.Equal("is out of memory: the kernel killed a process in it (1 in this run)", states.ObserveKills(View("running", run: 2) with { MemoryKills = 1 }));
    }

    [Fact]
    public void What_was_healthy_before_anybody_looked_is_no_news() =>
        Assert.Null(states.ObserveHealth(View("running") with { Health = "healthy" }));

    [Fact]
    public void A_run_that_is_being_started_has_not_ended()
    {
        states.Observe(View("running"));
        states.Observe(View("restarting", exitCode: 1));
        Assert.Null(states.Observe(View("restarting", run: 2) with { FinishedAt = null }));
        Assert.Null(states.Observe(View("running", run: 2)));
        Assert.Equal("exited with code 4", states.Observe(View("exited", run: 2, exitCode: 4))?.Text);
    }

    [Fact]
    public void Giving_up_after_a_restart_was_announced_is_the_end_but_not_told_again()
    {
        states.Observe(View("running"));
        states.Observe(View("restarting", exitCode: 1));
        Assert.Null(states.Observe(View("exited", exitCode: 1)));
        Assert.True(states.AllStopped);
    }

    [Fact]
    public void Older_news_changes_nothing()
    {
        states.Observe(View("running", run: 2));
        states.Observe(View("exited", run: 2, exitCode: 0));
        Assert.Null(states.Observe(View("running", run: 2)));
        Assert.Null(states.Observe(View("restarting", run: 1, exitCode: 1)));
        Assert.True(states.AllStopped);
    }

    [Fact]
    public void A_run_that_ended_before_is_no_news() =>
        Assert.Null(states.Observe(View("exited", exitCode: 1, endedAfter: -60)));

    [Fact]
    public void A_run_that_was_never_seen_running_is_told() =>
        Assert.Equal("exited with code 0", states.Observe(View("exited", exitCode: 0))?.Text);

    [Fact]
    public void A_container_that_has_not_started_yet_is_not_stopped()
    {
        states.Observe(View("created", run: 0));
        Assert.False(states.AllStopped);
    }

    [Fact]
    public void The_cause_stands_behind_the_code()
    {
        states.Observe(View("running"));
        Assert.Equal(
            "exited with code 137, out of memory (limit 16 MiB)",
            states.Observe(View("exited", exitCode: 137) with { OutOfMemory = true, Status = "out of memory (limit 16 MiB)" })?.Text);
    }
}
