using System.Diagnostics;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/health.</summary>
public sealed class HealthScenario
{
    private static readonly string Stack = Executables.Example("health");

    [Fact]
    public async Task Probes_hears_restarts_and_tells_why_across_a_crash_of_the_supervisor()
    {
        await using var sandbox = await Sandbox.Create();
        using var events = sandbox.Events();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();

        await Healthy(events, "web");
        await Healthy(events, "ready");
        await events.Until("container.exited", "sick");
        await events.Until(happened => happened is { Type: "container.started", Service: "sick" } && happened.Payload.GetProperty("run").GetInt32() == 2, "restart of sick");
        Assert.Matches(@"Up .* \(healthy\)", (await sandbox.Compose("-f", Stack, "ps", "web")).Succeeded().Out);
        Assert.Equal("healthy", Assert.Single((await sandbox.Containers("-f", Stack))["ready"]).GetProperty("Health").GetString());

        await Sandbox.Kill([sandbox.Supervisor()]);

        Assert.Equal("healthy", Assert.Single((await sandbox.Containers("-f", Stack))["web"]).GetProperty("Health").GetString());
        var why = (await sandbox.Compose("-f", Stack, "why", "--runs", "100", "sick")).Succeeded().Out;
        Assert.Contains("unhealthy: 2 failures in a row; the last check exited with code 7: no answer on port 80", why);
        Assert.Contains("started by policy: restart policy on-failure (attempt 1)", why);
        Assert.Contains("started by up: there is none yet", why);
        var json = Assert.Single((await sandbox.Compose("-f", Stack, "why", "--json", "--runs", "100", "sick")).Succeeded().Json);
        Assert.Equal(["policy", "up"], json.GetProperty("Runs").EnumerateArray().Select(run => run.GetProperty("StartedBy").GetString()).Distinct());
        Assert.Contains("serving 0 requests", (await sandbox.Compose("-f", Stack, "why", "ready")).Succeeded().Out);

        // The sick one is probed on, and ended again.
        await events.Until(happened => happened is { Type: "container.end-requested", Service: "sick" } && happened.Payload.GetProperty("run").GetInt32() > 1, "second end");
        (await sandbox.Compose("-f", Stack, "down", "-t", "1")).Succeeded();
        Assert.Contains("Removed", (await sandbox.Compose("-f", Stack, "why", "sick")).Succeeded().Out);

        // Changes only: of all the probes of a healthy service one line.
        Assert.Equal(1, (await sandbox.History()).Count(happened => happened is { Type: "container.health-changed", Service: "web" }));
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task Kills_a_hung_check_with_all_its_children()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                command: sleep 1000000
                healthcheck: {test: "sleep 1001 & (sleep 1002 &) ; echo hanging; sleep 1003", interval: 3s, timeout: 300ms, retries: 1}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        var changed = await events.Until("container.health-changed", "one");

        Assert.Equal("1 failure in a row; the last check exceeded its timeout of 300 ms and was killed: hanging", changed.Payload.GetProperty("reason").GetString());
        var living = sandbox.ProcessesOf(await sandbox.Id("one")).Where(pid => ProcessStat.Of(pid) is { IsAlive: true }).ToList();
        Assert.Single(living);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Keeps_to_a_deployed_policy_across_a_crash_of_the_supervisor()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                command: sh -c 'echo no luck; exit 4'
                deploy: {restart_policy: {condition: on-failure, delay: 1s, max_attempts: 2, window: 30s}}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();
        await events.Until("container.restart-scheduled", "one");

        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps")).Succeeded();

        await events.Until("container.gave-up", "one");
        var history = await sandbox.History();
        Assert.Equal(3, history.Count(happened => happened is { Type: "container.started", Service: "one" }));
        Assert.All(history.Where(happened => happened.Type == "container.restart-scheduled"), happened => Assert.Equal("00:00:01", happened.Payload.GetProperty("delay").GetString()));
        var why = (await sandbox.Compose("why", "one")).Succeeded().Out;
        Assert.Contains("gave up: deploy.restart_policy allows 2 restarts that do not last 30 s, and all of them failed; the last exit code was 4", why);
        Assert.Contains("| no luck", why);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Ends_what_does_not_feed_its_watchdog()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                restart: on-failure
                command:
                  - sh
                  - -c
                  - |
                    ln -sf $$NOTIFY_SOCKET /dev/log
                    echo $$WATCHDOG_USEC
                    say() { logger "$$(printf 'x\n%s\n' $$1)"; }
                    say READY=1
                    for i in 1 2 3; do sleep 0.5; say WATCHDOG=1; done
                    exec sleep 1000000
                x-devoxx: {notify: true, watchdog: 1500ms}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        var exited = await events.Until("container.exited", "one");

        Assert.StartsWith("watchdog: nothing heard for 1.5 s", exited.Payload.GetProperty("cause").GetString());
        Assert.True(TimeSpan.Parse(exited.Payload.GetProperty("duration").GetString()!) > TimeSpan.FromSeconds(2.5), exited.ToString());
        Assert.Equal("1500000", exited.Payload.GetProperty("lastLines")[0].GetString());
        await events.Until("container.restart-scheduled", "one");
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Hears_what_was_said_while_no_supervisor_was_there()
    {
        await using var sandbox = await Sandbox.Create();
        using var said = new Watched(Directory.CreateDirectory(sandbox.Directory + "/said").FullName);
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                command: sh -c 'ln -s $$NOTIFY_SOCKET /dev/log; until test -e /said/go; do sleep 0.1; done; logger "$$(printf "x\nREADY=1\n")"; touch /said/done; exec sleep 1000000'
                volumes: ["./said:/said"]
                x-devoxx: {notify: true}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal("starting", Assert.Single((await sandbox.Containers())["one"]).GetProperty("Health").GetString());
        await Sandbox.Kill([sandbox.Supervisor()]);

        File.WriteAllText(said.Directory + "/go", "");
        await said.Until(() => File.Exists(said.Directory + "/done"));

        (await sandbox.Compose("ps")).Succeeded();
        using var events = sandbox.Events();
        await Healthy(events, "one");
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_child_killed_for_memory_is_an_event_of_its_own_while_its_container_lives()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                mem_limit: 16m
                command: sh -c 'head -c 64m /dev/zero | tail; exec sleep 1000000'
            """);
        const string reason = "out of memory: the kernel killed a process in it (1 in this run)";
        using var events = sandbox.Events();
        var up = sandbox.Start("up");

        await events.Until("cgroup.oom-killed", "one");

        // up, why and ps tell the same; so does the next supervisor, when it has looked.
        await up.Line("one-1 is " + reason);
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["one"]).GetProperty("State").GetString());
        var why = (await sandbox.Compose("why", "one")).Succeeded().Lines;
        Assert.Contains($"({reason})", why[0]);
        Assert.Contains(why.Skip(1), line => line.EndsWith(reason, StringComparison.Ordinal));
        Assert.Contains($"({reason})", (await sandbox.Compose("ps", "--no-trunc")).Succeeded().Out);
        await Sandbox.Kill([sandbox.Supervisor()]);
        var looking = Stopwatch.StartNew();
        while (!(await sandbox.Compose("ps", "--no-trunc")).Succeeded().Out.Contains($"({reason})", StringComparison.Ordinal))
        {
            Assert.True(looking.Elapsed < TimeSpan.FromSeconds(10), "the next supervisor does not know of the kill");
        }

        up.Signal("INT");
        (await up.Ended()).FailedWith(130);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Refuses_what_x_devoxx_does_not_know()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, command: sleep 1, x-devoxx: {notfy: true}}
            """);

        var up = await sandbox.Compose("up", "-d");

        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("compose.yaml:2:59: services.one.x-devoxx.notfy is not known; did you mean notify?", up.Error);
        await sandbox.AssertNothingLeft();
    }

    private static Task<JournalEvent> Healthy(EventStream events, string service) => events.Until(
        happened => happened is { Type: "container.health-changed" } && happened.Service == service
            && happened.Payload.GetProperty("status").GetString() == "Healthy", $"health of {service}");
}
