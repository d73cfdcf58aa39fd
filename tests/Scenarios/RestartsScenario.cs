using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Owns compose-examples/restarts.</summary>
public sealed class RestartsScenario
{
    private static readonly string Stack = Executables.Example("restarts");

    [Fact]
    public async Task Starts_a_crashing_service_again_after_ever_longer_waits_and_gives_up_when_told_so()
    {
        await using var sandbox = await Sandbox.Create();
        using var events = sandbox.Events();
        (await sandbox.Compose("-f", Stack, "up", "-d")).Succeeded();

        // One start and three restarts, then no more.
        await events.Until(happened => happened.Service == "giving-up" && Count(events, "container.exited", "giving-up") >= 4
            && happened.Type.Contains("gave-up", StringComparison.Ordinal), "giving up");
        await events.Until(happened => happened.Service == "crashing" && happened.Type == "container.exited" && Count(events, "container.exited", "crashing") >= 4, "fourth crash");

        var history = await sandbox.History();
        Assert.Equal(4, history.Count(happened => happened is { Type: "container.started", Service: "giving-up" }));
        Assert.Equal(1, history.Count(happened => happened is { Type: "container.started", Service: "content" }));
        Assert.Equal(1, history.Count(happened => happened is { Type: "container.started", Service: "steady" }));

        // The delays are journaled, double each time, and are waited for.
        var delays = history.Where(happened => happened is { Type: "container.restart-scheduled", Service: "crashing" })
            .Select(happened => TimeSpan.Parse(happened.Payload.GetProperty("delay").GetString()!)).ToList();
        Assert.True(delays.Count >= 3, $"{delays.Count} restarts");
        Assert.All(delays.Zip(delays.Skip(1)), pair => Assert.Equal(pair.First * 2, pair.Second));
        Assert.All(Waits(history, "crashing").Zip(delays), pair => Assert.True(pair.First >= pair.Second.TotalMilliseconds - 1, $"{pair.First} of {pair.Second}"));

        var givenUp = Assert.Single((await sandbox.Containers("-f", Stack))["giving-up"]);
        Assert.Equal(("exited", 7), (givenUp.GetProperty("State").GetString(), givenUp.GetProperty("ExitCode").GetInt32()));
        await sandbox.AssertNothingLeft(Stack);
    }

    [Fact]
    public async Task Leaves_a_stopped_service_stopped_whatever_its_policy()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              always: {image: busybox:1.36, restart: always, command: sleep 1000000}
              unless: {image: busybox:1.36, restart: unless-stopped, command: sleep 1000000}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();

        (await sandbox.Compose("stop", "-t", "1")).Succeeded();

        Assert.All((await sandbox.Containers()).SelectMany(group => group), container => Assert.Equal("exited", container.GetProperty("State").GetString()));
        Assert.DoesNotContain(sandbox.Processes(), process => process.Role == "container");
        (await sandbox.Compose("start")).Succeeded();
        Assert.All((await sandbox.Containers()).SelectMany(group => group), container => Assert.Equal("running", container.GetProperty("State").GetString()));
        await sandbox.AssertNothingLeft();
    }

    private static int Count(EventStream events, string type, string service) => events.SoFar.Count(happened => happened.Type == type && happened.Service == service);

    // From each exit to the start that follows.
    private static List<double> Waits(IReadOnlyList<JournalEvent> history, string service)
    {
        var waits = new List<double>();
        DateTimeOffset? exited = null;
        foreach (var happened in history.Where(happened => happened.Service == service))
        {
            if (happened.Type == "container.exited")
            {
                exited = happened.Time;
            }
            else if (happened.Type == "container.started" && exited is { } then)
            {
                waits.Add((happened.Time - then).TotalMilliseconds);
                exited = null;
            }
        }

        return waits;
    }
}
