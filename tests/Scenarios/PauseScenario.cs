using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class PauseScenario
{
    private const string Stack = """
        services:
          ticker: {image: busybox:1.36, command: "sh -c 'trap \"exit 0\" TERM; while :; do echo tick; sleep 0.02; done'"}
          other: {image: busybox:1.36, command: sleep 1000000}
        """;

    [Fact]
    public async Task Stands_still_until_it_may_go_on_also_over_a_killed_supervisor()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        (await sandbox.Compose("pause", "ticker")).Succeeded();
        var silent = (await sandbox.Compose("logs", "--no-log-prefix", "ticker")).Succeeded().Lines.Count;

        Assert.Contains("(Paused)", (await sandbox.Compose("ps", "ticker")).Succeeded().Out);
        Assert.Contains("paused(1), running(1)", (await sandbox.Compose("ls")).Succeeded().Out);
        Assert.Contains("already paused", (await sandbox.Compose("pause", "ticker")).FailedWith(1).Error);
        Assert.Contains("no such service", (await sandbox.Compose("pause", "nonsense")).FailedWith(1).Error);
        Assert.Contains("unpause it", (await sandbox.Compose("exec", "-T", "ticker", "true")).FailedWith(1).Error);

        await Sandbox.Kill([sandbox.Supervisor()]);
        Assert.Equal("paused", Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("State").GetString());
        Assert.Equal(silent, (await sandbox.Compose("logs", "--no-log-prefix", "ticker")).Succeeded().Lines.Count);
        var events = (await sandbox.History()).Count;
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps")).Succeeded();
        Assert.Equal(events, (await sandbox.History()).Count);

        (await sandbox.Compose("unpause", "ticker")).Succeeded();
        using var follow = sandbox.Start("logs", "-f", "-n", "0", "ticker");
        await follow.Line("tick");
        Assert.Contains("not paused", (await sandbox.Compose("unpause", "ticker")).FailedWith(1).Error);
        await sandbox.AssertNothingLeft();
    }

    /// <summary>The supervisor is killed there; what it says after recovery is what the kernel does, and nothing of it is done twice.</summary>
    [Theory]
    [InlineData("journal.cgroup.freeze-requested.v1.before", "running")]
    [InlineData("journal.cgroup.freeze-requested.v1.after", "paused")]
    [InlineData("CgroupEffects.Freeze.after", "paused")]
    [InlineData("journal.cgroup.frozen.v1.after", "paused")]
    [InlineData("journal.container.paused.v1.before", "paused")]
    public async Task A_crash_in_the_middle_is_finished(string point, string state)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {ticker: {image: busybox:1.36, command: sleep 1000000, network_mode: none, init: true}}");
        (await sandbox.Compose("up", "-d")).Succeeded();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Variables["DEVOXX_FAILPOINT"] = point + "=kill";
        (await sandbox.Compose("pause")).FailedWith(1);

        sandbox.Variables.Remove("DEVOXX_FAILPOINT");
        using var events = sandbox.Events();
        var container = Assert.Single((await sandbox.Containers())["ticker"]);
        if (state == "paused")
        {
            await events.Until("container.paused", "ticker");
        }

        Assert.Equal(state, Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("State").GetString());
        Assert.Equal(state == "paused", sandbox.CgroupFile(container.GetProperty("ID").GetString()!, "cgroup.freeze", "freezer.state") is "1" or "FROZEN");
        var written = (await sandbox.History()).Count;
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps")).Succeeded();
        Assert.Equal(written, (await sandbox.History()).Count);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task What_is_paused_can_be_stopped_killed_and_taken_down()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();

        (await sandbox.Compose("pause")).Succeeded();
        var stop = (await sandbox.Compose("stop", "-t", "20", "ticker")).Succeeded();
        Assert.True(stop.Took < TimeSpan.FromSeconds(10), stop.ToString());
        // By its own handler, not by the kill at the end of the grace period.
        Assert.Equal(0, Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("ExitCode").GetInt32());

        (await sandbox.Compose("kill", "other")).Succeeded();
        Assert.Equal(137, Assert.Single((await sandbox.Containers())["other"]).GetProperty("ExitCode").GetInt32());

        (await sandbox.Compose("start")).Succeeded();
        (await sandbox.Compose("pause")).Succeeded();
        (await sandbox.Compose("restart", "-t", "5", "ticker")).Succeeded();
        Assert.Equal("running", Assert.Single((await sandbox.Containers())["ticker"]).GetProperty("State").GetString());
        await sandbox.AssertNothingLeft();
    }
}
