using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class DryRunScenario
{
    private const string Stack = """
        services:
          web: {image: busybox:1.36, command: sleep 1000000, environment: {COLOUR: green}, depends_on: [db], volumes: ["data:/data"]}
          db: {image: busybox:1.36, command: sleep 1000000, init: true}
        volumes: {data: {}}
        """;

    /// <summary>Every verb that changes a project, each after the other, against a stack that runs.</summary>
    [Fact]
    public async Task Says_what_would_be_done_and_does_nothing_at_all()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        Assert.Contains("would create", (await sandbox.Compose("--dry-run", "up")).Succeeded().Out);
        (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Equal("Nothing to do: 2 containers as wanted.\n", (await sandbox.Compose("plan")).Succeeded().Out);
        var (before, events) = (HostSnapshot.Take(sandbox), (await sandbox.History()).Count);

        sandbox.Write(Stack.Replace("green", "red", StringComparison.Ordinal));
        var plan = (await sandbox.Compose("plan")).FailedWith(2);
        Assert.Contains("would stop", plan.Out);
        Assert.Contains("its configuration has changed: environment.COLOUR", plan.Out);
        Assert.DoesNotContain("red", plan.Out);
        var json = Assert.Single((await sandbox.Compose("plan", "--json")).FailedWith(2).Json);
        Assert.Equal("stop remove create start", string.Join(' ', json.GetProperty("operations").EnumerateArray().Select(o => o.GetProperty("action").GetString())));

        foreach (var words in (string[][])[["up", "-d"], ["down", "-v"], ["stop"], ["kill"], ["restart"], ["pause"], ["rm", "-s", "-f"], ["scale", "web=3"], ["create"], ["run", "-T", "web", "ls"]])
        {
            Assert.Contains(" would ", (await sandbox.Compose(["--dry-run", .. words])).Succeeded().Out);
        }

        Assert.Equal("Nothing to do.\n", (await sandbox.Compose("--dry-run", "network", "prune")).Succeeded().Out);
        Assert.Contains("in use by", (await sandbox.Compose("--dry-run", "volume", "rm", Path.GetFileName(Assert.Single(Directory.GetDirectories(sandbox.Root + "/volumes"))))).FailedWith(1).Error);
        Assert.Contains("busybox:1.36  would remove", (await sandbox.Compose("--dry-run", "image", "rm", "-f", "busybox:1.36")).Succeeded().Out);
        Assert.Matches("nobody/there +would pull", (await sandbox.Compose("--dry-run", "-f", sandbox.Write("services: {x: {image: nobody/there}}", "other.yaml"), "up")).Succeeded().Out);
        Assert.Contains("exec has no dry run", (await sandbox.Compose("--dry-run", "exec", "web", "true")).FailedWith(1).Error);
        HostSnapshot.Take(sandbox).AssertSameAs(before);
        Assert.Equal(events, (await sandbox.History()).Count);
        await sandbox.AssertNothingLeft();
    }
}
