using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>A stop reaches who it is for, and takes the time that it needs.</summary>
public sealed class StopScenario
{
    /// <summary>An init takes its signals by sigtimedwait(2), where the kernel shows none as blocked or handled.</summary>
    [Fact]
    public async Task A_command_below_an_init_has_all_of_its_grace_period()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              slow: {image: busybox:1.36, init: true, command: "sh -c 'trap \"usleep 1500000; echo saved; exit 5\" TERM; echo ready; while :; do usleep 50000; done'"}
            """);
        using var logs = sandbox.Start("up");
        await logs.Line("ready");
        (await sandbox.Compose("exec", "-T", "slow", "sleep", "1.2")).Succeeded();

        (await sandbox.Compose("stop")).Succeeded();

        await logs.Line("saved");
        Assert.Equal(5, Assert.Single((await sandbox.Containers())["slow"]).GetProperty("ExitCode").GetInt32());
        (await logs.Ended()).Succeeded();

        // So it is passed on what is typed at a one-off, and nobody is told otherwise.
        var run = sandbox.Start("run", "--rm", "-T", "slow", "sh", "-c", "echo ready; exec sleep 1000000");
        await run.Line("ready");
        run.Signal("INT");
        Assert.DoesNotContain("no handler", (await run.Ended()).FailedWith(130).Error);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>What a crash has left half done is carried on with, and a start comes after it: in a hook before the signal as well as after that.</summary>
    [Theory]
    [InlineData("trap 'echo stops; until [ -e /gate/open ]; do usleep 20000; done; exit 5' TERM", "")]
    [InlineData("trap 'exit 5' TERM", ", pre_stop: [{command: [sh, -c, 'echo stops > /proc/1/fd/1; until [ -e /gate/open ]; do usleep 20000; done']}]")]
    public async Task A_start_comes_after_a_stop_that_is_under_way(string trap, string hook)
    {
        await using var sandbox = await Sandbox.Create();
        Directory.CreateDirectory(sandbox.Directory + "/gate");
        sandbox.Write($$"""
            services:
              slow: {image: busybox:1.36, volumes: ["./gate:/gate"], command: [sh, -c, "{{trap}}; echo ready; while :; do usleep 20000; done"]{{hook}}}
            """);
        using var up = sandbox.Start("up");
        await up.Line("ready");
        using var stop = sandbox.Start("stop", "-t", "60");
        await up.Line("stops");
        await Sandbox.Kill([sandbox.Supervisor()]);
        _ = (await stop.Ended()).FailedWith(1);

        using var start = sandbox.Start("start");
        await start.Line("it is stopping");
        await File.WriteAllTextAsync(sandbox.Directory + "/gate/open", "");

        (await start.Ended()).Succeeded();
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["slow"]).GetProperty("State").GetString());
        var history = await sandbox.History();
        Assert.Equal(2, history.Count(happened => happened.Type == "container.started"));
        Assert.Equal(5, Assert.Single(history, happened => happened.Type == "container.exited").Payload.GetProperty("exitCode").GetInt32());
        (await sandbox.Compose("down", "-t", "0")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    /// <summary>A process on the way to the command hangs: it has the grace period that a stop gives, and not the time after which a start is given up.</summary>
    [Fact]
    public async Task Down_does_not_wait_for_a_start_that_hangs()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              hung: {image: busybox:1.36, command: sleep 1000000}
            """);
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Variables["DEVOXX_FAILPOINT"] = "monitor.claimed=stop";
        using var up = sandbox.Start("up", "-d");
        sandbox.Variables.Clear();
        await Machine.Until(() => sandbox.Processes().Any(process => ProcessStat.Of(process.Pid) is { State: 'T' }), "a process on the way to the command is stopped");

        (await sandbox.Compose("down", "-t", "1")).Succeeded();

        Assert.Contains("it was stopped while it started", (await up.Ended()).FailedWith(1).Error);
        await sandbox.AssertNothingLeft();
    }
}
