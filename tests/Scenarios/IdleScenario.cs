using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>A supervisor that may leave after a second stays as long as anything is due, though nobody asks, and leaves when nothing is.</summary>
public sealed class IdleScenario
{
    [Fact]
    public async Task Stays_while_a_restart_or_a_dependency_is_waited_for_and_leaves_when_nothing_is()
    {
        await using var sandbox = await Sandbox.Create();
        var supervisor = await sandbox.StartSupervisor(idleTimeout: 1);
        var ended = supervisor.Ended(TimeSpan.FromMinutes(2));
        sandbox.Write("""
            services:
              later:
                image: busybox:1.36
                stop_signal: SIGKILL
                command: sh -c 'test -e /again && exec sleep 1000000; touch /again; exit 1'
                deploy: {restart_policy: {condition: on-failure, delay: 4s}}
              web: {image: busybox:1.36, restart: always, depends_on: [db], profiles: [two], command: "sh -c 'until test -e /crash; do usleep 50000; done; rm /crash; exit 1'"}
              db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, profiles: [two]}
            """);

        // A restart that is due in four seconds; what is read meanwhile is the journal's file.
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();
        await events.Until(e => e is { Type: "container.started", Service: "later" } && e.Payload.GetProperty("run").GetInt32() == 2, "restart");
        (await sandbox.Compose("down")).Succeeded();

        // Nothing runs; what waits for its dependency may still go.
        (await sandbox.Compose("--profile", "two", "up", "-d")).Succeeded();
        (await sandbox.Compose("--profile", "two", "stop", "db")).Succeeded();
        (await sandbox.Compose("--profile", "two", "exec", "-T", "web", "touch", "/crash")).Succeeded();
        await events.Until("container.waiting", "web");
        await Assert.ThrowsAsync<TimeoutException>(() => ended.WaitAsync(TimeSpan.FromSeconds(3)));
        Assert.Equal(supervisor.Pid, sandbox.Supervisor().Pid);
        (await sandbox.Compose("--profile", "two", "start", "db")).Succeeded();
        await events.Until(e => e is { Type: "container.started", Service: "web" } && e.Payload.GetProperty("run").GetInt32() == 2, "web again");

        (await sandbox.Compose("--profile", "two", "down", "-t", "1")).Succeeded();
        Assert.Contains("nothing runs and nobody asks", (await ended.WaitAsync(TimeSpan.FromSeconds(20))).Succeeded().Error);
        await sandbox.AssertNothingRemains();
    }
}
