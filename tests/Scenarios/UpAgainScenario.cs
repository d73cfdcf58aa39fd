using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>A second <c>up</c> does what the difference asks for, and no more.</summary>
public sealed class UpAgainScenario
{
    private const string Stack = """
        services:
          web: {image: busybox:1.36, command: sleep 1000000, environment: {COLOUR: "green"}}
          db: {image: busybox:1.36, command: sleep 1000000}
        """;

    [Fact]
    public async Task Does_nothing_when_nothing_has_changed()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var containers = Ids(await sandbox.Containers());
        var events = (await sandbox.History()).Count;
        var processes = sandbox.Processes().Where(process => process.Role == "container");

        (await sandbox.Compose("up", "-d")).Succeeded();

        Assert.Equal(containers, Ids(await sandbox.Containers()));
        Assert.Equal(events, (await sandbox.History()).Count);
        Assert.Equal(processes, sandbox.Processes().Where(process => process.Role == "container"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Recreates_a_service_whose_environment_changed_and_leaves_the_other_alone()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var before = Ids(await sandbox.Containers());

        sandbox.Write(Stack.Replace("green", "red"));
        var up = (await sandbox.Compose("up", "-d", "-t", "1")).Succeeded();

        var after = Ids(await sandbox.Containers());
        Assert.NotEqual(before["web"], after["web"]);
        Assert.Equal(before["db"], after["db"]);
        var created = (await sandbox.History()).Last(happened => happened is { Type: "container.created", Service: "web" });
        Assert.Contains("changed", created.Payload.GetProperty("cause").GetString());
        Assert.Contains("web", up.Error + up.Out);
        Assert.Equal("red", (await sandbox.Compose("exec", "-T", "web", "sh", "-c", "echo $COLOUR")).Succeeded().Out.Trim());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Recreates_all_when_forced_and_none_when_forbidden()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var first = Ids(await sandbox.Containers());

        sandbox.Write(Stack.Replace("green", "red"));
        (await sandbox.Compose("up", "-d", "--no-recreate")).Succeeded();
        Assert.Equal(first, Ids(await sandbox.Containers()));

        (await sandbox.Compose("up", "-d", "--force-recreate", "-t", "1")).Succeeded();
        var forced = Ids(await sandbox.Containers());
        Assert.NotEqual(first["web"], forced["web"]);
        Assert.NotEqual(first["db"], forced["db"]);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Scales_up_and_down_without_touching_the_replicas_that_stay()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d", "--scale", "web=3")).Succeeded();
        var three = (await sandbox.Containers())["web"].Select(container => container.GetProperty("Name").GetString()).Order().ToList();
        Assert.Equal(3, three.Count);
        var first = (await sandbox.Containers())["web"].Single(container => container.GetProperty("Name").GetString()!.EndsWith("-1", StringComparison.Ordinal)).GetProperty("ID").GetString();

        (await sandbox.Compose("up", "-d", "--scale", "web=1", "-t", "1")).Succeeded();

        Assert.Equal(first, Assert.Single((await sandbox.Containers())["web"]).GetProperty("ID").GetString());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Warns_of_orphans_and_removes_them_when_asked()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        sandbox.Write("services: {db: {image: busybox:1.36, command: sleep 1000000}}");

        var warned = (await sandbox.Compose("up", "-d")).Succeeded();
        Assert.Contains("orphan", warned.Error);
        Assert.Single((await sandbox.Containers("--profile", "*"))["db"]);
        Assert.Equal(2, sandbox.Processes().Count(process => process.Role == "container"));

        (await sandbox.Compose("up", "-d", "--remove-orphans", "-t", "1")).Succeeded();
        Assert.Equal(1, sandbox.Processes().Count(process => process.Role == "container"));
        await sandbox.AssertNothingLeft();
    }

    private static SortedDictionary<string, string> Ids(ILookup<string, System.Text.Json.JsonElement> containers) =>
        new(containers.ToDictionary(group => group.Key, group => Assert.Single(group).GetProperty("ID").GetString()!));
}
