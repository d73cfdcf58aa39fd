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
}
