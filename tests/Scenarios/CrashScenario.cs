using System.Text.Json;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>What the machine looks like after kill -9, and after the next command.</summary>
public sealed class CrashScenario
{
    private const string Stack = """
        services:
          talking: {image: busybox:1.36, restart: unless-stopped, command: sh -c 'n=0; while :; do n=$$((n+1)); echo line $$n; usleep 10000; done'}
          ending: {image: busybox:1.36, volumes: ["gate:/gate"], command: sh -c 'read answer < /gate/pipe; exit 42'}
          returning: {image: busybox:1.36, restart: on-failure, volumes: ["gate:/gate", "data:/data"], command: sh -c 'echo run >> /data/runs; read answer < /gate/again; exit 5'}
        volumes:
          gate: {}
          data: {}
        """;

    [Fact]
    public async Task Containers_run_on_without_the_supervisor_and_the_next_one_catches_up()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("-p", "crash", "up", "-d", "--no-start")).Succeeded();
        var gate = sandbox.Root + "/volumes/crash_gate/_data";
        Directory.CreateDirectory(gate);
        MakePipe(gate + "/pipe");
        MakePipe(gate + "/again");
        (await sandbox.Compose("-p", "crash", "up", "-d")).Succeeded();
        var talking = await sandbox.Id("talking", "-p", "crash");
        var ending = await sandbox.Id("ending", "-p", "crash");
        var before = sandbox.Processes().Where(process => process.Role is "container" or "monitor").ToList();
        Assert.Equal(3, before.Count(process => process.Role == "monitor"));

        await Sandbox.Kill([sandbox.Supervisor()]);

        // The log goes on being written: two more lines than there are now.
        using (var watch = new Watched($"{sandbox.Root}/containers/{sandbox.FullId(talking)}"))
        {
            var log = watch.Directory + "/log";
            var now = new FileInfo(log).Length;
            await watch.Until(() => new FileInfo(log).Length > now + 100);
        }

        // And exits are recorded by those who saw them.
        using (var watch = new Watched($"{sandbox.Root}/containers/{sandbox.FullId(ending)}"))
        {
            await File.WriteAllTextAsync(gate + "/pipe", "go\n");
            await watch.Until(() => File.Exists(watch.Directory + "/exit.json"));
            Assert.Equal(42, JsonElement.Parse(File.ReadAllText(watch.Directory + "/exit.json")).GetProperty("exitCode").GetInt32());
        }

        await File.WriteAllTextAsync(gate + "/again", "go\n");
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "supervisor");

        // The next command starts a supervisor that adopts what runs, by the same processes.
        using var events = sandbox.Events();
        var containers = await sandbox.Containers("-p", "crash");
        Assert.Equal(("running", talking), (Text(containers["talking"], "State"), Text(containers["talking"], "ID")));
        Assert.Equal("exited", Text(containers["ending"], "State"));
        Assert.Equal(42, Assert.Single(containers["ending"]).GetProperty("ExitCode").GetInt32());
        Assert.Contains(sandbox.Processes(), process => process.Role == "container" && before.Contains(process));

        // And goes on with the restart policy.
        await events.Until(happened => happened is { Type: "container.started", Service: "returning" } && happened.Payload.GetProperty("run").GetInt32() == 2, "second run of returning");
        var exit = (await sandbox.History()).Single(happened => happened is { Type: "container.exited", Service: "returning" });
        Assert.Equal(5, exit.Payload.GetProperty("exitCode").GetInt32());

        (await sandbox.Compose("-p", "crash", "down", "-v", "-t", "1")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Nothing_is_left_after_everything_was_killed_and_a_second_recovery_does_nothing()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, restart: "no", volumes: ["data:/data"], command: sh -c 'echo precious > /data/file; sync; echo written; exec sleep 1000000'}
              two: {image: busybox:1.36, volumes: ["memory:/memory"], command: sleep 1000000}
            volumes:
              data: {}
              memory:
                driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}
            """);
        (await sandbox.Compose("-p", "dead", "up", "-d")).Succeeded();
        using (var logs = sandbox.Start("-p", "dead", "logs", "-f", "one"))
        {
            await logs.Line("written");
        }

        await Sandbox.Kill(sandbox.Processes());

        var containers = await sandbox.Containers("-p", "dead");
        Assert.All(containers.SelectMany(group => group), container => Assert.Equal("exited", container.GetProperty("State").GetString()));
        Assert.Equal("precious\n", File.ReadAllText(sandbox.Root + "/volumes/dead_data/_data/file"));
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role is "container" or "monitor");
        var snapshot = HostSnapshot.Take(sandbox);
        Assert.DoesNotContain("cgroup ", snapshot.ToString());
        Assert.DoesNotContain("mount ", snapshot.ToString());
        Assert.Equal(2, snapshot.Lines.Count(line => line.StartsWith($"directory {sandbox.Root}/containers/", StringComparison.Ordinal)));
        var events = (await sandbox.History()).Count;

        await Sandbox.Kill(sandbox.Processes());
        await sandbox.Containers("-p", "dead");

        Assert.Equal(events, (await sandbox.History()).Count);
        HostSnapshotWithout(sandbox, "supervisor").AssertSameAs(Without(snapshot, "supervisor"));

        // Started again, it has its data.
        (await sandbox.Compose("-p", "dead", "start")).Succeeded();
        Assert.Equal("precious\n", (await sandbox.Compose("-p", "dead", "exec", "-T", "one", "cat", "/data/file")).Succeeded().Out);
        (await sandbox.Compose("-p", "dead", "down", "-v", "-t", "1")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_ends_with_its_monitor_and_the_supervisor_says_so()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, command: sleep 1000000}}");
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "monitor"));

        await events.Until("container.exited", "one");
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "container");
        await sandbox.AssertNothingLeft();
    }

    private static HostSnapshot HostSnapshotWithout(Sandbox sandbox, string role) => Without(HostSnapshot.Take(sandbox), role);

    private static HostSnapshot Without(HostSnapshot snapshot, string role) =>
        new([.. snapshot.Lines.Where(line => !line.StartsWith("process " + role, StringComparison.Ordinal))]);

    private static string? Text(IEnumerable<JsonElement> containers, string field) => Assert.Single(containers).GetProperty(field).GetString();

    private static void MakePipe(string path)
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", path);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
    }
}
