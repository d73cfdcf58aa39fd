using System.Text.Json;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/dependencies. Behaviours 7, 8 and 9 of the reference, and what this program adds: dependencies count at every start.</summary>
public sealed class DependenciesScenario
{
    private static readonly string Stack = Executables.Example("dependencies");

    [Fact]
    public async Task Starts_in_order_waits_for_completion_and_passes_over_what_is_not_required_and_follows_a_restart()
    {
        await using var sandbox = await Sandbox.Create();
        using var events = sandbox.Events();

        var up = (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();

        Assert.Contains("dependencies-cache-warmer-1 exited with code 3", up.Error);
        var history = await sandbox.History();
        var started = history.Where(e => e.Type == "container.started").Select(e => e.Service).ToList();
        Assert.True(started.IndexOf("db") < started.IndexOf("migrate"), string.Join(", ", started));
        var waiting = history.Where(e => e.Type == "container.waiting").ToList();
        Assert.Contains(waiting, e => e.Service == "web" && e.Payload.GetProperty("reason").GetString()!.StartsWith("waiting for ", StringComparison.Ordinal)
            && e.Payload.GetProperty("reason").GetString()!.Contains("migrate to complete"));
        Assert.True(
            history.Single(e => e is { Type: "container.exited", Service: "migrate" }).Ordering < history.Single(e => e is { Type: "container.start-requested", Service: "web" }).Ordering);

        // The database crashes and comes back; what depends on it with restart: true goes down and up with it.
        (await sandbox.Compose("-f", Stack, "exec", "-T", "db", "touch", "/crash")).Succeeded();
        await events.Until(e => e is { Type: "container.started", Service: "web" } && Run(e) == 2, "web following");

        var web = (await sandbox.History()).Where(e => e.Service == "web").ToList();
        Assert.Contains("db has been started again", Text(web.Last(e => e.Type == "container.stop-requested"), "cause"));
        Assert.Contains("db has been started again", Text(web.Last(e => e.Type == "container.start-requested"), "cause"));
        Assert.Contains(web, e => e.Type == "container.waiting" && Text(e, "cause").StartsWith("db has been started again", StringComparison.Ordinal));
        Assert.Equal(1, (await sandbox.History()).Count(e => e is { Type: "container.started", Service: "migrate" }));
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task A_crash_waits_for_dependencies_as_the_first_start_did_even_when_the_supervisor_is_killed_meanwhile()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              web: {image: busybox:1.36, restart: always, depends_on: [db], command: "sh -c 'while [ ! -e /crash ]; do usleep 50000; done; rm /crash; exit 1'"}
              db: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        (await sandbox.Compose("stop", "db")).Succeeded();
        (await sandbox.Compose("exec", "-T", "web", "touch", "/crash")).Succeeded();
        await events.Until("container.waiting", "web");

        var waits = Assert.Single((await sandbox.Containers())["web"]);
        Assert.Equal("restarting", waits.GetProperty("State").GetString());
        Assert.Contains("waiting for db to be started", (await sandbox.Compose("ps", "-a")).Succeeded().Out);
        Assert.Contains("waiting for db to be started", (await sandbox.Compose("why", "web")).Succeeded().Out);

        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Contains("waiting for db to be started", (await sandbox.Compose("why", "web")).Succeeded().Out);
        (await sandbox.Compose("start", "db")).Succeeded();
        await events.Until(e => e is { Type: "container.started", Service: "web" } && Run(e) == 2, "web again");

        var again = (await sandbox.History()).Single(e => e is { Type: "container.start-requested", Service: "web" } && Run(e) == 2);
        Assert.Equal(1, again.Payload.GetProperty("attempt").GetInt32());
        Assert.Equal(1, (await sandbox.History()).Count(e => e is { Type: "container.waiting", Service: "web" }));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Fails_when_a_dependency_ends_badly_and_a_stop_ends_the_waiting()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              web: {image: busybox:1.36, command: sleep 1000000, depends_on: {migrate: {condition: service_completed_successfully}}}
              migrate: {image: busybox:1.36, command: "sh -c 'exit ${CODE}'"}
              slow: {image: busybox:1.36, stop_signal: SIGKILL, command: sleep 1000000}
              patient: {image: busybox:1.36, command: sleep 1000000, depends_on: {slow: {condition: service_completed_successfully}}}
            """);
        sandbox.Write("CODE=3", ".env");

        var failed = (await sandbox.Compose("up", "-d", "web")).FailedWith(1);

        Assert.Contains("dependency failed to start: ", failed.Error);
        Assert.Contains("migrate-1 exited with code 3", failed.Error);
        var web = Assert.Single((await sandbox.Containers())["web"]);
        Assert.Equal("created", web.GetProperty("State").GetString());
        Assert.Contains("exited with code 3", (await sandbox.Compose("why", "web")).Succeeded().Out);

        sandbox.Write("CODE=0", ".env");
        (await sandbox.Compose("up", "-d", "web")).Succeeded();

        var up = sandbox.Start("up", "-d", "patient");
        await up.Line("waiting for slow to complete");
        (await sandbox.Compose("stop", "patient")).Succeeded();
        Assert.Contains("interrupted", (await up.Ended()).FailedWith(1).Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Wait_returns_when_all_is_ready_and_says_why_when_it_is_not()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              web: {image: busybox:1.36, command: sleep 1000000, stop_signal: SIGKILL, depends_on: {migrate: {condition: service_completed_successfully}}}
              migrate: {image: busybox:1.36, command: usleep 300000}
              broken: {image: busybox:1.36, restart: "on-failure:1", command: "sh -c 'exit 7'", profiles: [broken]}
              after: {image: busybox:1.36, command: "true", profiles: [broken], depends_on: {broken: {condition: service_completed_successfully}}}
              patient: {image: busybox:1.36, command: sleep 1000000, profiles: [patient], depends_on: {web: {condition: service_completed_successfully}}}
            """);

        (await sandbox.Compose("up", "--wait")).Succeeded();
        var after = await sandbox.Containers();
        Assert.Equal(("running", "exited"), (State(after["web"]), State(after["migrate"])));

        var gaveUp = (await sandbox.Compose("--profile", "broken", "up", "--wait")).FailedWith(1);
        Assert.Contains("gave up: restart: on-failure:1 allows 1 restart", gaveUp.Error);

        var late = (await sandbox.Compose("--profile", "patient", "up", "--wait", "--wait-timeout", "1")).FailedWith(1);
        Assert.Contains("not ready within 1 s", late.Error);
        Assert.Contains("waiting for web to complete", late.Error);
        Assert.True(late.Took > TimeSpan.FromSeconds(1), late.ToString());
        (await sandbox.Compose("--profile", "*", "down", "-v")).Succeeded();
        await sandbox.AssertNothingRemains();
    }

    private static string State(IEnumerable<JsonElement> containers) => Assert.Single(containers).GetProperty("State").GetString()!;

    private static int Run(JournalEvent e) => e.Payload.GetProperty("run").GetInt32();

    private static string Text(JournalEvent e, string name) => e.Payload.GetProperty(name).GetString()!;
}
