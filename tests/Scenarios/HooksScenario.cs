using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>post_start and pre_stop: what they do, what their failure is, and what is left of them by a crash.</summary>
public sealed class HooksScenario
{
    [Fact]
    public async Task Hooks_run_in_the_container_as_they_say_and_are_seen_by_who_is_attached()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              web:
                image: busybox:1.36
                init: true
                user: "1000"
                volumes: [data:/data]
                environment: {FROM: service, OVER: service}
                command: sleep 1000
                post_start:
                  - {command: [sh, -c, 'chown 1000 /data; echo ready $$FROM $$OVER in $$(pwd) as $$(id -u)'], user: root, working_dir: /tmp, environment: {OVER: hook}}
                  - command: sh -c 'echo "as $$(id -u)" >> /data/log'
                pre_stop:
                  - {command: [sh, -c, 'grep CapEff /proc/self/status; echo left >> /data/log'], user: root, privileged: true}
              after:
                image: busybox:1.36
                depends_on: [web]
                volumes: [data:/data]
                command: cat /data/log
            volumes: {data: {}}
            """);

        using var up = sandbox.Start("-p", "hooked", "up", "--no-color");
        await up.Line("after-1 exited with code 0");
        Assert.Contains(up.LinesSoFar, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^web-1 -> +\\| ready service hook in /tmp as 0$"));
        // Who depends on it started when its hooks were over.
        Assert.Contains(up.LinesSoFar, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^after-1 +\\| as 1000$"));
        up.Signal("INT");
        var ended = await up.Ended();
        Assert.Equal(130, ended.ExitCode);
        // More than what docker gives to all.
        Assert.Matches("web-1 -> +\\| CapEff:\\s+[0-9a-f]{8,}", ended.Out);
        Assert.DoesNotContain("00000000a80425fb", ended.Out);
        Assert.Equal("as 1000\nleft\n", File.ReadAllText(sandbox.Root + "/volumes/hooked_data/_data/log"));

        var history = await sandbox.History();
        Assert.Equal(3, history.Count(e => e.Type == "container.hook-requested"));
        Assert.All(history.Where(e => e.Type == "container.hook-ended"), e => Assert.Equal(0, e.Payload.GetProperty("exitCode").GetInt32()));
        (await sandbox.Compose("-p", "hooked", "down", "-v")).Succeeded();
        await sandbox.AssertNothingRemains();
    }

    [Fact]
    public async Task A_hook_that_fails_fails_the_command_and_a_crash_in_the_middle_loses_none()
    {
        await using var sandbox = await Sandbox.Create();
        const string Stack = """
            services:
              bad: {image: busybox:1.36, command: sleep 1000, post_start: [{command: sh -c 'command in error'}]}
              stays: {image: busybox:1.36, init: true, command: sleep 1000, pre_stop: [{command: sh -c 'exit 3'}]}
              slow:
                image: busybox:1.36
                init: true
                restart: always
                volumes: [data:/data]
                command: sleep 1000
                pre_stop:
                  - command: sh -c 'echo begun >> /data/log; mkfifo /data/go; cat /data/go > /dev/null; echo over >> /data/log'
                  - command: sh -c 'echo second >> /data/log; kill 1'
            volumes: {data: {}}
            """;
        sandbox.Write(Stack);

        var up = await sandbox.Compose("-p", "fails", "up", "-d", "bad");
        Assert.Equal(1, up.ExitCode);
        Assert.Contains("bad hook exited with status 127", up.Error);
        Assert.Contains("not found", up.Error);
        Assert.Equal("running", (await sandbox.Containers("-p", "fails"))["bad"].Single().GetProperty("State").GetString());

        (await sandbox.Compose("-p", "fails", "up", "-d", "stays", "slow")).Succeeded();
        var stop = await sandbox.Compose("-p", "fails", "stop", "stays");
        Assert.Equal(1, stop.ExitCode);
        Assert.Contains("stays hook exited with status 3", stop.Error);
        Assert.Equal("running", (await sandbox.Containers("-p", "fails"))["stays"].Single().GetProperty("State").GetString());
        (await sandbox.Compose("-p", "fails", "kill", "stays")).Succeeded();

        // The supervisor dies while the first hook is under way: it goes on by itself, and what comes then is the next supervisor's.
        using var events = sandbox.Events();
        using var stopping = sandbox.Start("-p", "fails", "stop", "slow");
        await events.Until("container.hook-requested", "slow");
        var log = sandbox.Root + "/volumes/fails_data/_data/";
        using (var watched = new Watched(log))
        {
            await watched.Until(() => File.Exists(log + "go"));
        }

        await Sandbox.Kill([sandbox.Supervisor()]);
        await stopping.Ended();
        (await sandbox.Compose("-p", "fails", "ps")).Succeeded();
        await File.WriteAllTextAsync(log + "go", "go\n");
        var exited = await events.Until("container.exited", "slow");

        Assert.Equal("begun\nover\nsecond\n", File.ReadAllText(log + "log"));
        // Its second hook ended it: that was the stop, and no policy starts it again.
        Assert.Equal("stop", exited.Payload.GetProperty("cause").GetString());
        Assert.Equal("exited", (await sandbox.Containers("-p", "fails"))["slow"].Single().GetProperty("State").GetString());
        (await sandbox.Compose("-p", "fails", "down", "-v", "-t", "1")).Succeeded();
        await sandbox.AssertNothingRemains();
    }
}
