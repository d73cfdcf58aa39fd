using System.Diagnostics;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.Recovery;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>
/// Random schedules: commands one after the other, while the supervisor, monitors and containers are killed at random moments.
/// A model says what must be so when it is quiet again.
/// </summary>
public sealed class ChaosScenario
{
    private const string Stack = """
        name: chaos
        services:
          always: {image: busybox:1.36, init: true, command: "sh -c 'echo run >> /data/always; exec sleep 1000000'", restart: always, volumes: ["data:/data", "memory:/memory"]}
          until: {image: busybox:1.36, init: true, command: sleep 1000000, restart: unless-stopped}
          never: {image: busybox:1.36, init: true, command: sleep 1000000, restart: "no"}
        volumes:
          data: {}
          memory: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>For how many seconds; more on request.</summary>
    private static readonly TimeSpan Duration =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("DEVOXX_CHAOS_SECONDS"), out var seconds) ? seconds : 25);

    [Fact]
    public async Task What_was_acknowledged_holds_whatever_is_killed_and_whenever()
    {
        var seed = Seed.Choose();
        var random = new Random(seed);
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        var (rounds, kills, refused) = (0, 0, 0);
        var clock = Stopwatch.StartNew();
        (await sandbox.Compose("up", "-d")).Succeeded();
        await File.WriteAllTextAsync(sandbox.Root + "/volumes/chaos_data/_data/precious", "data");
        // What a command that was acknowledged has made sure of; null: a command was broken off, either may be.
        var wanted = new Dictionary<string, bool?> { ["always"] = true, ["until"] = true, ["never"] = true };
        try
        {
            while (clock.Elapsed < Duration)
            {
                rounds++;
                var service = random.GetItems(wanted.Keys.ToArray(), 1)[0];
                string[] arguments = random.Next(5) switch
                {
                    0 => ["stop", "-t", "3", service],
                    1 => ["start", service],
                    2 => ["restart", "-t", "3", service],
                    3 => ["up", "-d", "-t", "3"],
                    _ => ["up", "-d", "--force-recreate", "-t", "3", service],
                };
                var command = sandbox.Start(arguments);
                kills += await KillAtRandom(sandbox, random);
                var outcome = await command.Ended(Patience);
                refused += outcome.ExitCode == 0 ? 0 : 1;
                var unsure = wanted[service] is null;
                Note(wanted, arguments, service, outcome.ExitCode == 0);

                (await sandbox.Compose(Patience, "ps", "-a")).Succeeded();
                if (unsure && arguments[0] is "restart" or "start" && !journal.Update().Of(service).Any())
                {
                    // A recreate was broken off when the old one had gone: there is nothing to restart, and the command says so.
                    wanted[service] = null;
                }

                await KernelComparison.AssertEqual(sandbox, journal, $"after {string.Join(' ', arguments)}", () => Unmet(journal, wanted));
                Assert.Equal("data", await File.ReadAllTextAsync(sandbox.Root + "/volumes/chaos_data/_data/precious"));
            }

            await AssertCounts(sandbox, journal);
            (await sandbox.Compose("down", "-v", "-t", "3")).Succeeded();
            await KernelComparison.AssertEqual(sandbox, journal, "at the end");
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"DEVOXX_SEED={seed}, round {rounds}: {failure.Message}", failure);
        }

        Console.WriteLine($"chaos: {rounds} commands, {kills} processes killed, {refused} commands broken off, all recovered; DEVOXX_SEED={seed}");
    }

    /// <summary>None to three processes, each after a moment; containers, monitors and the supervisor alike.</summary>
    private static async Task<int> KillAtRandom(Sandbox sandbox, Random random)
    {
        var killed = 0;
        for (var count = random.Next(4); count > 0; count--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)));
            var role = random.GetItems(["supervisor", "supervisor", "monitor", "container"], 1)[0];
            var candidates = sandbox.Processes().Where(process => process.Role == role).ToArray();
            if (candidates.Length > 0)
            {
                using var victim = PidFd.TryOpen(random.GetItems(candidates, 1)[0].Pid);
                killed += victim?.SendSignal(Signal.Kill) == true ? 1 : 0;
            }
        }

        return killed;
    }

    private static void Note(Dictionary<string, bool?> wanted, string[] arguments, string service, bool acknowledged)
    {
        var meant = arguments[0] == "up" && arguments[^1] != service ? wanted.Keys.ToArray() : [service];
        foreach (var each in meant)
        {
            wanted[each] = acknowledged ? arguments[0] != "stop" : wanted[each] == (arguments[0] != "stop") && arguments[0] is "stop" or "start" ? wanted[each] : null;
        }
    }

    /// <summary>What an acknowledged command wanted and is not so; null: all is.</summary>
    private static string? Unmet(JournalModel journal, Dictionary<string, bool?> wanted)
    {
        foreach (var (service, runs) in wanted)
        {
            // What is never started again may have been killed since.
            var runsNow = journal.Of(service).Any(c => c.Phase == ContainerPhase.Running);
            if (runs is { } should && runsNow != should && !(service == "never" && should))
            {
                return $"{service} {(should ? "should run" : "was stopped")}, and is {string.Join(", ", journal.Of(service).Select(c => c.Phase))}";
            }
        }

        return null;
    }

    /// <summary>Each run of each container is in the journal once, and the counts of restarts are those that it tells.</summary>
    private static async Task AssertCounts(Sandbox sandbox, JournalModel journal)
    {
        var history = await sandbox.History();
        var shown = (await sandbox.Compose("ps", "-a", "--format", "json")).Succeeded().Json;
        Assert.Equal(journal.Containers.Count(), shown.Count);
        foreach (var (id, state) in journal.Containers)
        {
            var runs = history.Where(happened => happened.Type == "container.start-requested" && happened.Json.GetProperty("actor").GetString() == "container-" + id)
                .Select(happened => happened.Payload).ToList();
            Assert.Equal(Enumerable.Range(1, state.Run), runs.Select(run => run.GetProperty("run").GetInt32()));
            Assert.Equal(state.Restarts, runs.Count(run => run.GetProperty("attempt").GetInt32() > 0));
            var ends = history.Where(happened => happened.Type is "container.exited" && happened.Json.GetProperty("actor").GetString() == "container-" + id)
                .Select(happened => happened.Payload.GetProperty("run").GetInt32()).ToList();
            Assert.Equal(ends.Distinct(), ends);
        }
    }
}
