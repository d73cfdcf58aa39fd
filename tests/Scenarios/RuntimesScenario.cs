using Devoxx.Native.Cgroups;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary><c>runtime:</c> of a service: the same life, whoever makes the container.</summary>
public sealed class RuntimesScenario
{
    /// <summary>On hosts with version 1, runc makes cgroups in every hierarchy, also where this program makes none.</summary>
    [Fact]
    public async Task Leaves_no_cgroup_anywhere_when_the_supervisor_has_left()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {short: {image: busybox:1.36, runtime: runc, command: sleep 1000000, stop_signal: SIGKILL}}");
        using var supervisor = await sandbox.StartSupervisor(idleTimeout: 1);
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("down")).Succeeded();
        (await supervisor.Ended()).Succeeded();

        var host = CgroupHost.Detect();
        Assert.DoesNotContain(host.V1.Values.Append(host.Unified).OfType<string>().Union(host.Unused), mountPoint => Directory.Exists(mountPoint + sandbox.CgroupParent));
        await sandbox.AssertNothingRemains();
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Has_a_container_of_another_runtime_live_like_one_of_ours(string runtime)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            name: other
            services:
              web:
                image: busybox:1.36
                runtime: {{runtime}}
                user: "1000:1000"
                init: true
                hostname: here
                domainname: example.org
                mem_limit: 32m
                pids_limit: 30
                devices: ["/dev/null:/dev/extra"]
                stop_grace_period: 5s
                volumes: ["data:/data:ro"]
                command: sh -c 'trap "echo told to stop; exit 3" TERM; echo out; echo err >&2; while :; do sleep 1 & wait $$!; done'
                healthcheck: {test: [CMD, sh, -c, "cat /proc/self/cgroup; exit 0"], interval: 1s}
              hungry: {image: busybox:1.36, runtime: {{runtime}}, mem_limit: 16m, command: sh -c 'tail /dev/zero'}
              seen: {image: busybox:1.36, runtime: {{runtime}}, tty: true, command: sh -c 'tty; exec sleep 1000000'}
              again: {image: busybox:1.36, runtime: {{runtime}}, restart: "on-failure:1", command: sh -c 'echo run; exit 5'}
              ours: {image: busybox:1.36, command: sleep 1000000}
            volumes:
              data:
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();
        await events.Until(happened => happened is { Type: "container.health-changed", Service: "web" } && happened.Payload.GetProperty("status").GetString() == "Healthy", "health of web");

        var web = await sandbox.Id("web");
        Assert.True(Directory.Exists($"{sandbox.RunDirectory}/runtimes/{runtime}/{sandbox.FullId(web)}"), "the runtime itself knows it");
        Assert.Equal((32 << 20).ToString(), sandbox.CgroupFile(web, "memory.limit_in_bytes", "memory.max"));
        Assert.Equal("30", sandbox.CgroupFile(web, "pids.max"));
        Assert.NotEmpty(sandbox.ProcessesOf(web));

        // What runs in it by exec is in its namespaces, its cgroup, and of its user; its output, exit code and failures are told.
        var exec = (await sandbox.Compose("exec", "-T", "web", "sh", "-c", "id -u; hostname; cat /proc/sys/kernel/domainname; cat /proc/1/comm; echo x > /data/x || echo read-only; head -c 1 /dev/extra | wc -c")).Succeeded();
        Assert.Equal(["1000", "here", "example.org"], exec.Lines.Take(3));
        Assert.Equal(["init", "read-only", "0"], exec.Lines.Skip(3));
        (await sandbox.Compose("exec", "-T", "web", "sh", "-c", "exit 7")).FailedWith(7);
        (await sandbox.Compose("exec", "-T", "web", "nope")).FailedWith(127);
        Assert.Equal("0\n", (await sandbox.Compose("exec", "-T", "-u", "root", "-e", "A=b", "-w", "/tmp", "web", "sh", "-c", "id -u; test $A$PWD = b/tmp")).Succeeded().Out);
        // Seen from its cgroup namespace, which begins at the container's cgroup, it is in none above or beside that.
        Assert.All((await sandbox.Compose("exec", "-T", "web", "cat", "/proc/self/cgroup")).Succeeded().Lines, line => Assert.EndsWith(":/", line));

        // Output, a terminal, an end for want of memory, a restart: all by the same monitor.
        var logs = (await sandbox.Compose("logs", "--no-log-prefix", "web")).Succeeded().Out;
        Assert.Contains("out\n", logs);
        Assert.Contains("err\n", logs);
        using (var seen = sandbox.Start("logs", "-f", "--no-log-prefix", "seen"))
        {
            await seen.Line(line => line.StartsWith("/dev/", StringComparison.Ordinal), "name of the terminal");
        }

        var oom = await events.Until("container.exited", "hungry");
        Assert.True(oom.Payload.GetProperty("outOfMemory").GetBoolean(), oom.ToString());
        Assert.True(oom.Payload.GetProperty("memoryPeak").GetInt64() > 8 << 20, oom.ToString());
        await events.Until(happened => happened is { Type: "container.exited", Service: "again" } && happened.Payload.GetProperty("run").GetInt32() == 2, "second end of again");

        // It stands still and goes on, hears a signal, starts again.
        (await sandbox.Compose("pause", "web")).Succeeded();
        Assert.NotEqual(0, (await sandbox.Compose("exec", "-T", "web", "true")).ExitCode);
        (await sandbox.Compose("unpause", "web")).Succeeded();
        (await sandbox.Compose("restart", "web")).Succeeded();
        var stopped = await events.Until("container.exited", "web");
        Assert.Equal(3, stopped.Payload.GetProperty("exitCode").GetInt32());
        Assert.Contains("told to stop", (await sandbox.Compose("logs", "web")).Succeeded().Out);

        await sandbox.AssertNothingLeft();
        Assert.Empty(Directory.GetDirectories($"{sandbox.RunDirectory}/runtimes/{runtime}"));
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Kills_a_hung_check_with_all_its_children(string runtime)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($$"""
            services:
              one:
                image: busybox:1.36
                runtime: {{runtime}}
                command: sleep 1000000
                healthcheck:
                  test: "sleep 1001 & (sleep 1002 &) ; echo hanging; sleep 1003"
                  interval: 3s
                  timeout: 400ms
                  retries: 1
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("up", "-d")).Succeeded();

        var changed = await events.Until("container.health-changed", "one");

        Assert.Equal("1 failure in a row; the last check exceeded its timeout of 400 ms and was killed: hanging", changed.Payload.GetProperty("reason").GetString());
        Assert.Single(sandbox.ProcessesOf(await sandbox.Id("one")), pid => Devoxx.Native.Processes.ProcessStat.Of(pid) is { IsAlive: true });
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Goes_on_after_whoever_watched_it_was_killed()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            name: killed
            services:
              always: {image: busybox:1.36, runtime: runc, restart: always, command: sleep 1000000}
              once: {image: busybox:1.36, runtime: crun, command: sleep 1000000}
            """);
        using (var events = sandbox.Events())
        {
            (await sandbox.Compose("up", "-d")).Succeeded();

            // A monitor alone: its container does not outlive it for long, and the policy has its say.
            await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "monitor"));
            await events.Until(happened => happened is { Type: "container.started", Service: "always" } && happened.Payload.GetProperty("run").GetInt32() == 2, "second run");
            await events.Until("container.exited", "once");
        }

        // The supervisor alone: the run is adopted.
        var before = sandbox.Processes().Where(process => process.Role is "container").ToList();
        Assert.NotEmpty(before);
        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["always"]).GetProperty("State").GetString());
        Assert.All(before, process => Assert.Contains(process, sandbox.Processes()));

        // All of it, but for the container, which nothing ties to its monitor: what is left of the run is cleared, and the next one begins.
        await Sandbox.Kill(sandbox.Processes().Where(process => process.Role is "monitor" or "supervisor"));
        Assert.Contains(sandbox.Processes(), process => before.Contains(process));
        Assert.Single((await sandbox.Containers())["always"]);
        using (var events = sandbox.Events())
        {
            await events.Until(happened => happened is { Type: "container.started", Service: "always" } && happened.Payload.GetProperty("run").GetInt32() == 3, "third run");
        }

        Assert.DoesNotContain(sandbox.Processes(), process => before.Contains(process));

        await sandbox.AssertNothingLeft();
        Assert.All(Directory.GetDirectories(sandbox.RunDirectory + "/runtimes"), directory => Assert.Empty(Directory.GetDirectories(directory)));
    }

    [Theory]
    [InlineData("supervisor", "runtime.delete.before")]
    [InlineData("supervisor", "runtime.delete.after")]
    [InlineData("monitor", "monitor.launch.after")]
    [InlineData("monitor", "foreign.born")]
    public async Task Clears_what_a_crash_has_left_of_another_runtime(string role, string failpoint)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, runtime: runc, command: sleep 1000000}}");
        (await sandbox.Compose("ps")).Succeeded();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Variables["DEVOXX_FAILPOINT"] = failpoint + "=kill";
        if (role == "monitor")
        {
            Assert.NotEqual(0, (await sandbox.Compose("up", "-d")).ExitCode);
            await Sandbox.Kill([sandbox.Supervisor()]);
        }
        else
        {
            (await sandbox.Compose("up", "-d")).Succeeded();
            Assert.NotEqual(0, (await sandbox.Compose("down", "-t", "0")).ExitCode);
        }

        sandbox.Variables.Remove("DEVOXX_FAILPOINT");
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["one"]).GetProperty("State").GetString());

        await sandbox.AssertNothingLeft();
        Assert.All(Directory.GetDirectories(sandbox.RunDirectory + "/runtimes"), directory => Assert.Empty(Directory.GetDirectories(directory)));
    }

    [Fact]
    public async Task Says_where_a_runtime_is_named_that_is_not_there_and_what_the_other_one_says()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one:
                image: busybox:1.36
                runtime: rnuc
            """);
        var up = (await sandbox.Compose("up", "-d")).FailedWith(1);
        Assert.Contains("compose.yaml:4:14: services.one.runtime: `rnuc` cannot be run; write runc or crun, which are installed here", up.Error);

        sandbox.Write("services: {one: {image: busybox:1.36, runtime: /usr/sbin/runc, command: nope}}");
        up = await sandbox.Compose("up", "-d");
        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("""exec: "nope": executable file not found in $PATH""", up.Error);
        Assert.Equal(127, Assert.Single((await sandbox.Containers())["one"]).GetProperty("ExitCode").GetInt32());

        sandbox.Write("services: {one: {image: busybox:1.36, runtime: crun, sysctls: {kernel.shm_nope: 1}, command: sleep 1}}");
        up = await sandbox.Compose("up", "-d");
        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("crun: ", up.Error);
        Assert.Contains("shm_nope", up.Error);
        await sandbox.AssertNothingLeft();
    }
}
