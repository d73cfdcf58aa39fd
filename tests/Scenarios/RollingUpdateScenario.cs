using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/rolling-update.</summary>
public sealed class RollingUpdateScenario
{
    private static readonly string Stack = Executables.Example("rolling-update");

    [Fact]
    public async Task Replaces_one_after_the_other_the_new_one_first_and_rolls_back_what_fails()
    {
        await using var sandbox = await Sandbox.Create();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        var first = await Ids(sandbox, Stack);

        sandbox.Write("VERSION=2", "two.env");
        (await sandbox.Compose("-f", Stack, "--env-file", "two.env", "up", "-d")).Succeeded();

        var second = await Ids(sandbox, Stack);
        Assert.Equal(first.Keys, second.Keys);
        Assert.Empty(first.Values.Intersect(second.Values));
        var history = await sandbox.History();
        Assert.Equal(3, LeastRunning(history, from: 3));
        Assert.Equal(["begun", "ended"], Updates(history));
        foreach (var number in second.Keys)
        {
            Assert.Contains("version 2", (await sandbox.Compose("-f", Stack, "logs", "--no-log-prefix", "web")).Succeeded().Out);
        }

        // Half a second of running, then the delay: so far apart are the replicas.
        var begins = history.Where(e => e.Type == "container.started").Skip(3).Select(e => e.Time).ToList();
        Assert.All(begins.Zip(begins.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMilliseconds(690), $"{pair}"));

        sandbox.Write("VERSION=broken", "broken.env");
        var broken = (await sandbox.Compose("-f", Stack, "--env-file", "broken.env", "up", "-d")).FailedWith(1);

        Assert.Contains("1 of 3 replicas failed, and none may; the update is rolled back", broken.Error);
        Assert.Contains("exited with code 1", broken.Error);
        Assert.Equal(second, await Ids(sandbox, Stack));
        Assert.Equal(3, LeastRunning(await sandbox.History(), from: 3));
        Assert.Contains("update rolled back", (await sandbox.Compose("-f", Stack, "why", "web")).Succeeded().Out);
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Pauses_when_too_many_fail_tolerates_as_many_as_it_may_and_rolls_back_with_the_old_one_stopped_first()
    {
        await using var sandbox = await Sandbox.Create();
        string Write(string version, string config) => sandbox.Write($$$"""
            services:
              web:
                image: busybox:1.36
                stop_signal: SIGKILL
                environment: {VERSION: "{{{version}}}"}
                command: "sh -c 'if [ $$VERSION = broken ]; then exit 1; fi; exec sleep 1000000'"
                deploy: {replicas: 3, update_config: {monitor: 200ms, {{{config}}}}, rollback_config: {parallelism: 0}}
            """);
        Write("1", "parallelism: 1");
        (await sandbox.Compose("up", "-d")).Succeeded();

        Write("broken", "parallelism: 1");
        var paused = (await sandbox.Compose("up", "-d")).FailedWith(1);
        Assert.Contains("1 of 3 replicas failed, and none may; the update is paused", paused.Error);
        Assert.Equal(["exited", "running", "running"], await States(sandbox));
        Assert.Contains("update paused", (await sandbox.Compose("why", "web")).Succeeded().Out);

        // Another version mends it, and nothing is paused any more.
        Write("2", "parallelism: 2");
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(["running", "running", "running"], await States(sandbox));
        Assert.DoesNotContain("update paused", (await sandbox.Compose("why", "web")).Succeeded().Out);

        Write("broken", "parallelism: 2, failure_action: rollback");
        Assert.Contains("2 of 3 replicas failed, and none may; the update is rolled back", (await sandbox.Compose("up", "-d")).FailedWith(1).Error);
        Assert.Equal(["running", "running", "running"], await States(sandbox));
        Assert.Equal("2", (await sandbox.Compose("exec", "-T", "--index", "2", "web", "sh", "-c", "echo $VERSION")).Succeeded().Out.Trim());

        Write("broken", "parallelism: 0, failure_action: continue");
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal(["exited", "exited", "exited"], await States(sandbox));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task The_new_one_is_healthy_before_the_old_one_goes_and_as_many_may_fail_as_is_said()
    {
        await using var sandbox = await Sandbox.Create();
        Directory.CreateDirectory(sandbox.Directory + "/shared");
        string Write(string version) => sandbox.Write($$$"""
            name: upd
            services:
              web:
                image: busybox:1.36
                stop_signal: SIGKILL
                environment: {VERSION: "{{{version}}}"}
                command: "sh -c 'if [ $$VERSION = flaky ] && mkdir /shared/taken; then exit 1; fi; usleep 500000; touch /ready; exec sleep 1000000'"
                volumes: ["./shared:/shared"]
                healthcheck: {test: [CMD, test, -e, /ready], interval: 100ms, retries: 100}
                deploy: {replicas: 2, update_config: {order: start-first, parallelism: 1, max_failure_ratio: 0.5, failure_action: rollback}}
            """);
        Write("1");
        (await sandbox.Compose("up", "-d")).Succeeded();
        var first = (await sandbox.History()).Count;

        Write("2");
        (await sandbox.Compose("up", "-d")).Succeeded();
        var history = (await sandbox.History()).Skip(first).ToList();
        foreach (var name in (string[])["upd-web-1", "upd-web-2"])
        {
            var healthy = history.FindIndex(e => e.Type == "container.health-changed" && e.Container == name && e.Payload.GetProperty("status").GetString() == "Healthy");
            var stopped = history.FindIndex(e => e.Type == "container.stop-requested" && e.Container!.EndsWith("_" + name, StringComparison.Ordinal));
            Assert.True(healthy >= 0 && healthy < stopped, $"{name}: healthy at {healthy}, the old one stopped at {stopped}");
        }

        // One of two may fail: the old one stays in its place, and the update goes on.
        Write("flaky");
        Assert.Contains("exited with code 1", (await sandbox.Compose("up", "-d")).Succeeded().Error);
        Assert.Equal(["running", "running"], await States(sandbox));
        var versions = new List<string>();
        foreach (var index in (string[])["1", "2"])
        {
            versions.Add((await sandbox.Compose("exec", "-T", "--index", index, "web", "sh", "-c", "echo $VERSION")).Succeeded().Out.Trim());
        }

        Assert.Equal(["2", "flaky"], versions.Order());
        Assert.Equal(["begun", "ended"], Updates((await sandbox.History()).TakeLast(200)).TakeLast(2));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Is_paused_when_the_supervisor_is_killed_in_the_middle_and_goes_on_with_the_next_up()
    {
        await using var sandbox = await Sandbox.Create();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();
        var first = await Ids(sandbox, Stack);
        using var events = sandbox.Events();
        sandbox.Write("VERSION=2", "two.env");

        var up = sandbox.Start("-f", Stack, "--env-file", "two.env", "up", "-d");
        await events.Until("container.renamed", "web");
        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.NotEqual(0, (await up.Ended()).ExitCode);

        Assert.Contains("update paused: the supervisor ended in the middle of it", (await sandbox.Compose("-f", Stack, "why", "web")).Succeeded().Out);
        var written = await Decided(sandbox);
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("-f", Stack, "ps")).Succeeded();
        Assert.Equal(written, await Decided(sandbox));

        (await sandbox.Compose("-f", Stack, "--env-file", "two.env", "up", "-d")).Succeeded();
        var second = await Ids(sandbox, Stack);
        Assert.Equal(first.Keys, second.Keys);
        Assert.Empty(first.Values.Intersect(second.Values));
        Assert.DoesNotContain("update paused", (await sandbox.Compose("-f", Stack, "why", "web")).Succeeded().Out);
        await sandbox.AssertNothingLeft(Stack);
    }

    private static async Task<SortedDictionary<string, string>> Ids(Sandbox sandbox, string stack) =>
        new((await sandbox.Containers("-f", stack))["web"].ToDictionary(c => c.GetProperty("Name").GetString()!, c => c.GetProperty("ID").GetString()!));

    private static async Task<string[]> States(Sandbox sandbox) =>
        [.. (await sandbox.Containers())["web"].OrderBy(c => c.GetProperty("Name").GetString(), StringComparer.Ordinal).Select(c => c.GetProperty("State").GetString()!)];

    private static string[] Updates(IEnumerable<JournalEvent> history) =>
        [.. history.Where(e => e.Type.StartsWith("project.update-", StringComparison.Ordinal)).Select(e => e.Type["project.update-".Length..])];

    /// <summary>The smallest number of replicas that ran at any moment, once <paramref name="from"/> of them did.</summary>
    private static int LeastRunning(IEnumerable<JournalEvent> history, int from)
    {
        var (running, least) = (0, int.MaxValue);
        foreach (var happened in history)
        {
            running += happened.Type switch { "container.started" => 1, "container.exited" => -1, _ => 0 };
            least = running >= from || least != int.MaxValue ? Math.Min(least, running) : least;
        }

        return least;
    }

    /// <summary>All events but those of probes, which go on meanwhile.</summary>
    private static async Task<int> Decided(Sandbox sandbox)
    {
        (await sandbox.Compose("supervisor", "settle")).Succeeded();
        return (await sandbox.History()).Count(happened => !happened.Type.Contains("health", StringComparison.Ordinal));
    }
}
