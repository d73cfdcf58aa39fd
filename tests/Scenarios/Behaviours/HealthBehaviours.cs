using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviours 2, 3, 8, 9 and 10 of the reference where they are about health. (Without it they stand in <see cref="DependenciesScenario"/>.)</summary>
public sealed class HealthBehaviours
{
    private const string Stack = """
        name: sick
        services:
          web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, depends_on: {db: {condition: service_healthy, required: true}, off: {condition: service_healthy, required: false}}}
          off: {image: busybox:1.36, command: sleep 1000000, profiles: [never]}
          db:
            image: busybox:1.36
            command: sh -c 'usleep 400000; touch /${FILE:-ready}; exec sleep 1000000'
            stop_signal: SIGKILL
            healthcheck: {test: [CMD, test, -e, /ready], interval: 100ms, timeout: 5s, retries: 10}
        """;

    /// <summary>8. up exits 1 if a needed service is never healthy. 9. One that is not required may fail, or be of a profile that is not active. 2, 3. --wait tells why it is not ready.</summary>
    [Fact]
    public async Task Up_waits_for_health_and_fails_when_it_does_not_come()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var history = await sandbox.History();
        Assert.Contains(history, e => e is { Type: "container.waiting", Service: "web" } && e.Payload.GetProperty("reason").GetString() == "waiting for db to become healthy");
        (await sandbox.Compose("up", "--wait")).Succeeded();
        Assert.Contains("(healthy)", (await sandbox.Compose("ps", "db")).Succeeded().Out);

        sandbox.Write("FILE=never", ".env");
        Assert.Contains("dependency failed to start: sick-db-1 is unhealthy", (await sandbox.Compose("up", "-d", "--force-recreate")).FailedWith(1).Error);
        Assert.Equal("created", (await sandbox.States())["sick-web-1"]);

        var waited = (await sandbox.Compose("up", "--wait", "--force-recreate", "db")).FailedWith(1);
        Assert.Contains("sick-db-1: is unhealthy", waited.Error);

        sandbox.Write(Stack.Replace("required: true", "required: false"));
        Assert.Contains("sick-db-1 is unhealthy", (await sandbox.Compose("up", "-d", "--force-recreate")).Succeeded().Error);
        Assert.Equal("running", (await sandbox.States())["sick-web-1"]);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>10. start_interval needs start_period, and speeds up the first probes.</summary>
    [Fact]
    public async Task The_first_probes_come_sooner_when_told_so()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack.Replace("interval: 100ms", "interval: 60s, start_interval: 100ms"));
        Assert.Contains("healthcheck.start_interval requires healthcheck.start_period to be set", (await sandbox.Compose("up", "--wait")).FailedWith(1).Error);
        (await sandbox.Compose("config", "-q")).Succeeded();
        Assert.Empty((await sandbox.Compose("ps", "-aq")).Succeeded().Out);

        sandbox.Write(Stack.Replace("interval: 100ms", "interval: 60s, start_period: 60s, start_interval: 100ms"));

        var up = (await sandbox.Compose("up", "--wait", "--wait-timeout", "40")).Succeeded();

        Assert.True(up.Took < TimeSpan.FromSeconds(30), up.ToString());
        await sandbox.AssertNothingLeft();
    }
}
