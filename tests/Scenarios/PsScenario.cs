using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class PsScenario
{
    [Fact]
    public async Task Lists_in_every_format()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              running: {image: busybox:1.36, command: sleep 1000000}
              ended: {image: busybox:1.36, command: "sh -c 'exit 3'"}
            """);
        using var events = sandbox.Events();
        (await sandbox.Compose("-p", "ps", "up", "-d")).Succeeded();
        await events.Until("container.exited", "ended");

        var table = (await sandbox.Compose("-p", "ps", "ps")).Succeeded();
        Assert.StartsWith("NAME", table.Lines[0]);
        Assert.Contains("ps-running-1", table.Out);
        Assert.DoesNotContain("ps-ended-1", table.Out);
        Assert.Contains("Exited (3)", (await sandbox.Compose("-p", "ps", "ps", "-a")).Succeeded().Out);
        Assert.Matches("^[0-9a-f]{64}\n$", (await sandbox.Compose("-p", "ps", "ps", "-q")).Succeeded().Out);
        Assert.Equal(2, (await sandbox.Compose("-p", "ps", "ps", "-aq")).Succeeded().Lines.Count);
        Assert.Equal("ended running", string.Join(' ', (await sandbox.Compose("-p", "ps", "ps", "-a", "--services")).Succeeded().Lines.Order()));

        var json = Assert.Single((await sandbox.Compose("-p", "ps", "ps", "--format", "json")).Succeeded().Json);
        Assert.Equal(("ps-running-1", "running", "running", "busybox:1.36", "ps"),
            (json.GetProperty("Name").GetString(), json.GetProperty("Service").GetString(), json.GetProperty("State").GetString(),
                json.GetProperty("Image").GetString(), json.GetProperty("Project").GetString()));

        var projects = (await sandbox.Compose("ls")).Succeeded();
        Assert.Contains("running(1)", projects.Out);
        (await sandbox.Compose("-p", "ps", "down", "-t", "1")).Succeeded();
        Assert.DoesNotContain("ps ", (await sandbox.Compose("ls")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }
}
