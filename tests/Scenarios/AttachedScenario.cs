using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary><c>up</c> in the foreground.</summary>
public sealed class AttachedScenario
{
    private const string Stack = """
        services:
          polite: {image: busybox:1.36, command: "sh -c 'trap \"usleep 300000; echo goodbye; exit 0\" TERM; echo ready; while :; do sleep 1000 & wait $$!; done'"}
          deaf: {image: busybox:1.36, stop_grace_period: 1m, command: "sh -c 'trap : TERM; echo ready; while :; do sleep 1000 & wait $$!; done'"}
        """;

    [Fact]
    public async Task Ctrl_C_stops_gracefully_and_a_second_one_kills()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        var up = sandbox.Start("up");
        await up.Line(line => line.StartsWith("polite-1", StringComparison.Ordinal) && line.Contains("ready"), "polite ready");
        await up.Line(line => line.StartsWith("deaf-1", StringComparison.Ordinal) && line.Contains("ready"), "deaf ready");

        up.Signal("INT");
        await up.Line("goodbye"); // it takes its time: two signals at once count as one
        up.Signal("INT");

        var ended = (await up.Ended()).FailedWith(130);
        Assert.True(ended.Took < TimeSpan.FromSeconds(30), ended.ToString());
        Assert.All((await sandbox.Containers()).SelectMany(group => group), container => Assert.Equal("exited", container.GetProperty("State").GetString()));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Puts_standard_error_of_containers_on_standard_error()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, command: "sh -c 'echo to-out; echo to-err >&2; exit 3'"}
            """);

        var up = await sandbox.Compose("up");

        Assert.Matches(@"(?m)^one-1 +\| to-out$", up.Out);
        Assert.Matches(@"(?m)^one-1 +\| to-err$", up.Error);
        Assert.Contains("one-1 exited with code 3", up.Out + up.Error);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Goes_on_showing_a_service_that_restarts()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, restart: "on-failure:2", command: "sh -c 'echo run; exit 1'"}
            """);

        var up = await sandbox.Compose("up");

        Assert.Equal(3, up.Lines.Count(line => line.EndsWith("| run", StringComparison.Ordinal)));
        Assert.Equal(2, up.Lines.Concat(up.Error.Split('\n')).Count(line => line.Contains("one-1 exited with code 1 (restarting)", StringComparison.Ordinal)));
        await sandbox.AssertNothingLeft();
    }
}
