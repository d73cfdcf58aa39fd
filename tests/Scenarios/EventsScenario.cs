using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

public sealed class EventsScenario
{
    [Fact]
    public async Task Tell_the_whole_history_with_or_without_a_supervisor()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, command: "true"}
              two: {image: busybox:1.36, command: "false"}
            """);
        (await sandbox.Compose("up")).Succeeded();
        var all = await sandbox.History();
        await Sandbox.Kill([sandbox.Supervisor()]);

        Assert.Equal(all.Select(happened => happened.ToString()), (await sandbox.History()).Select(happened => happened.ToString()));
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "supervisor");
        Assert.Equal(all.Select(happened => happened.Ordering).Order(), all.Select(happened => happened.Ordering));

        string[] life = ["container.created", "container.start-requested", "container.started", "container.exited"];
        Assert.Equal(life, all.Where(happened => happened.Service == "one" && life.Contains(happened.Type)).Select(happened => happened.Type));
        Assert.Equal(1, all.Single(happened => happened is { Type: "container.exited", Service: "two" }).Payload.GetProperty("exitCode").GetInt32());

        // The intent stands before the effect, and the outcome after it.
        var types = all.Where(happened => happened.Type.StartsWith("cgroup.", StringComparison.Ordinal)).Select(happened => happened.Type).ToList();
        Assert.Equal(2, types.Count(type => type == "cgroup.created"));
        Assert.Equal(types.Count(type => type == "cgroup.create-requested"), types.Count(type => type == "cgroup.created"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Are_filtered_by_subject_type_and_time()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, command: "true"}
              two: {image: busybox:1.36, command: "true"}
            """);
        (await sandbox.Compose("-p", "filters", "up")).Succeeded();

        Assert.All(await sandbox.History("--filter", "service=one"), happened => Assert.Equal("one", happened.Service));
        Assert.All(await sandbox.History("--filter", "type=container"), happened => Assert.StartsWith("container.", happened.Type));
        var exits = await sandbox.History("--filter", "type=container.exited", "--filter", "service=two");
        Assert.Equal(("container.exited", "two"), (Assert.Single(exits).Type, exits[0].Service));
        Assert.All(await sandbox.History("--filter", "container=filters-one-1"), happened => Assert.Equal("filters-one-1", happened.Container));
        Assert.Empty(await sandbox.History("--until", "2001-01-01"));
        Assert.NotEmpty(await sandbox.History("--since", "10m"));
        Assert.Contains("there is no key", (await sandbox.Compose("events", "-a", "--filter", "colour=red")).FailedWith(1).Error);
        (await sandbox.Compose("-p", "filters", "down")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Have_stable_fields()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, command: \"true\"}}");
        (await sandbox.Compose("up")).Succeeded();

        Assert.All(await sandbox.History(), happened => Assert.Equal(
            "ordering time type version project service container volume network image actor sequenceNr payload".Split(' '),
            happened.Json.EnumerateObject().Select(member => member.Name)));
        await sandbox.AssertNothingLeft();
    }
}
