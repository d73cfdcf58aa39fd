using System.Diagnostics;
using System.Text.RegularExpressions;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>
/// The time of day is set while everything runs: by hours, forwards and backwards, for the supervisor and the commands. Monitors and the kernel keep the
/// true time, so that the stamps of both contradict each other as well.
/// </summary>
public sealed class ClockScenario
{
    private const string Stack = """
        services:
          crashing:
            image: busybox:1.36
            command: sh -c 'exit 4'
            deploy: {restart_policy: {condition: on-failure, delay: 1500ms, max_attempts: 3, window: 1h}}
          checked:
            image: busybox:1.36
            command: sleep 1000000
            stop_signal: SIGKILL
            healthcheck: {test: "exit 7", interval: 500ms, start_period: 4s, start_interval: 200ms, retries: 2}
          watched:
            image: busybox:1.36
            stop_signal: SIGKILL
            command: ["sh", "-c", "ln -sf $$NOTIFY_SOCKET /dev/log; logger \"$$(printf 'x\\nREADY=1\\n')\"; while :; do sleep 0.3; logger \"$$(printf 'x\\nWATCHDOG=1\\nSTATUS=fed\\n')\"; done"]
            x-devoxx: {notify: true, watchdog: 3s}
          ticker: {image: busybox:1.36, stop_signal: SIGKILL, command: "sh -c 'while :; do echo tick; sleep 0.2; done'"}
          never:
            image: busybox:1.36
            command: sleep 1000000
            stop_signal: SIGKILL
            profiles: [never]
            healthcheck: {test: "exit 1", interval: 1h}
        """;

    [Theory]
    [InlineData(3, -3)]
    [InlineData(-3, 3)]
    public async Task Everything_goes_by_a_clock_that_nobody_sets(int first, int second)
    {
        await using var sandbox = await Sandbox.Create();
        var clock = new SettableClock(sandbox);
        await sandbox.StartSupervisor(idleTimeout: 0);
        sandbox.Write(Stack);
        using var events = sandbox.Events();
        var since = Stopwatch.StartNew();
        (await sandbox.Compose("up", "-d")).Succeeded();
        await events.Until("container.restart-scheduled", "crashing");

        clock.Set(TimeSpan.FromHours(first));
        var unhealthy = events.Until(e => e is { Type: "container.health-changed", Service: "checked" } && e.Payload.GetProperty("status").GetString() == "Unhealthy", "unhealthy");
        await events.Until(e => e is { Type: "container.restart-scheduled", Service: "crashing" } && e.Payload.GetProperty("attempt").GetInt32() == 2, "second attempt");
        Assert.InRange(since.Elapsed.TotalSeconds, 1.4, 20);

        // Who attaches now sees what comes, whatever it is stamped with.
        var attached = sandbox.Start("up", "ticker");
        await attached.Line("| tick");
        clock.Set(TimeSpan.FromHours(second));
        var seen = attached.LinesSoFar.Count;
        await attached.Line(_ => attached.LinesSoFar.Count > seen + 2, "more lines");

        await unhealthy;
        Assert.InRange(since.Elapsed.TotalSeconds, 4, 25);
        await events.Until("container.gave-up", "crashing");
        Assert.InRange(since.Elapsed.TotalSeconds, 4.4, 30);

        clock.Set(TimeSpan.Zero);
        var late = (await sandbox.Compose("--profile", "never", "up", "--wait", "--wait-timeout", "1", "never")).FailedWith(1);
        Assert.InRange(late.Took.TotalSeconds, 1, 15);

        // Fed all the time, and never bitten; and nothing has run for hours, or for less than no time.
        clock.Set(TimeSpan.FromHours(second));
        var watched = Assert.Single((await sandbox.Containers())["watched"]);
        Assert.Equal(("running", 1), (watched.GetProperty("State").GetString(), (await sandbox.History()).Count(e => e is { Type: "container.started", Service: "watched" })));
        Assert.DoesNotContain("hour", string.Join('\n', (await sandbox.Compose("ps", "--format", "{{.Status}}")).Succeeded().Lines));
        var why = (await sandbox.Compose("why", "--runs", "9")).Succeeded().Out;
        Assert.Equal(4, Regex.Count(why, @"failed with exit code 4; exit code 4 after \d+ ms"));
        Assert.Matches(@"runs for \d+(\.\d)? s\b", why);
        Assert.DoesNotMatch(@"(for|after|in) (-|\d+ h)", why);
        var history = await sandbox.History();
        Assert.Equal(history.Select(e => e.Ordering).Order(), history.Select(e => e.Ordering));
        Assert.All(history.Where(e => e is { Type: "container.exited", Service: "crashing" }), e => Assert.InRange(TimeSpan.Parse(e.Payload.GetProperty("duration").GetString()!).TotalSeconds, 0, 5));

        attached.Signal("INT");
        (await attached.Ended()).FailedWith(130);
        clock.Set(TimeSpan.Zero);
        (await sandbox.Compose("--profile", "*", "down", "-t", "1")).Succeeded();
        await sandbox.AssertNothingRemains();
    }
}
