using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>Behaviour 6 of the reference. (27, 31, 32 and 39 stand in <see cref="RunScenario"/>, <see cref="PauseScenario"/> and <see cref="VerbsScenario"/>.)</summary>
public sealed class OneOffBehaviours
{
    /// <summary>6. A one-off that exits does not abort an up that would abort on any exit. And it waits for what its service depends on.</summary>
    [Fact]
    public async Task A_one_off_that_ends_ends_nothing_else()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              web: {image: busybox:1.36, command: "sh -c 'echo ready; exec sleep 1000000'", stop_signal: SIGKILL, depends_on: {init: {condition: service_completed_successfully}}}
              init: {image: busybox:1.36, command: "true"}
            """);
        var up = sandbox.Start("up", "--abort-on-container-failure");
        await up.Line("ready");

        (await sandbox.Compose("run", "--rm", "-T", "web", "sh", "-c", "exit 9")).FailedWith(9);

        Assert.Equal("running", Assert.Single((await sandbox.Containers())["web"]).GetProperty("State").GetString());
        Assert.DoesNotContain(up.LinesSoFar, line => line.Contains("Aborting", StringComparison.Ordinal));
        up.Signal("INT");
        (await up.Ended()).FailedWith(130);
        await sandbox.AssertNothingLeft();
    }
}
