using Devoxx.Native.Failpoints;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>
/// A small stack with volumes, limits and typed volumes in a sandbox of its own, that is crashed again and again, and
/// compared with its journal each time.
/// </summary>
public sealed class CrashingStack : IAsyncDisposable
{
    // A first process that ends on SIGTERM at once, and one that ends by itself: nothing here waits for anything.
    private const string Stack = """
        name: crash
        services:
          web:
            image: busybox:1.36
            init: true
            command: sleep 1000000
            restart: unless-stopped
            mem_limit: 32m
            pids_limit: 20
            cpus: 0.5
            volumes: ["data:/data", "memory:/memory", "bound:/bound", "/bin/anonymous"]
          job:
            image: busybox:1.36
            command: "true"
            depends_on: [web]
            volumes: ["etc:/etc"]
        volumes:
          data: {}
          etc: {}
          memory: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}}
          bound: {driver_opts: {type: none, device: DEVICE, o: "bind,ro"}}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Sandbox sandbox;
    private readonly JournalModel journal;

    private CrashingStack(Sandbox sandbox)
    {
        this.sandbox = sandbox;
        journal = new JournalModel(sandbox.Root + "/journal.db");
        Directory.CreateDirectory(Device);
        sandbox.Write(Stack.Replace("DEVICE", Device));
    }

    public StackSize Size { get; private set; } = StackSize.Down;

    private string Device => sandbox.Directory + "/device";

    private string Precious => sandbox.Root + "/volumes/crash_data/_data/precious";

    private string TraceFile => sandbox.Directory + "/trace";

    public static async Task<CrashingStack> Create() => new(await Sandbox.Create());

    /// <summary>Runs the command to its end, and tells how often it comes to which point.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Trace(CrashedCommand command)
    {
        await Prepare(command);
        sandbox.Variables[Failpoint.TraceVariable] = TraceFile;
        (await sandbox.Compose(command.Arguments)).Succeeded();
        sandbox.Variables.Clear();
        await KernelComparison.AssertEqual(sandbox, journal, "tracing");
        await KillSupervisor();
        Size = command.To;
        return Reached();
    }

    /// <summary>
    /// Crashes the command there; recovers; finds kernel and journal equal; recovers again, writing nothing; repeats the
    /// command, which succeeds.
    /// </summary>
    /// <returns>False if the command did not come to the point this time.</returns>
    public async Task<bool> CrashAndRecover(Crash crash)
    {
        await Prepare(crash.Command);
        var before = Running();
        sandbox.Variables[Failpoint.Variable] = $"{crash.Point}:{crash.Time}=kill";
        sandbox.Variables[Failpoint.TraceVariable] = TraceFile;
        _ = await sandbox.Compose(Patience, crash.Command.Arguments);
        sandbox.Variables.Clear();
        await KillSupervisor();
        var hit = Reached().GetValueOrDefault(crash.Point) >= crash.Time;

        await Recover("recovery");
        var events = journal.Events;
        AssertNothingLost(crash.Command, before);
        await KillSupervisor();
        await Recover("the second recovery");
        Assert.True(events == journal.Events, $"the second recovery wrote {journal.Events - events} events");

        (await sandbox.Compose(Patience, crash.Command.Arguments)).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "the repeated command", () => crash.Command.To == StackSize.Down || JobIsOver() ? null : "job is not over");
        AssertInEffect(crash, before);
        Size = crash.Command.To;
        return hit;
    }

    /// <summary>Takes it down, and finds nothing left.</summary>
    public async Task End()
    {
        (await sandbox.Compose("down", "-v", "-t", "3")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "the end");
    }

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    private async Task Prepare(CrashedCommand command)
    {
        sandbox.Variables.Clear();
        if (Size != command.From)
        {
            (await sandbox.Compose(command.From switch
            {
                StackSize.Down => ["down", "-v", "-t", "3"],
                StackSize.One => ["up", "-d", "--scale", "web=1", "-t", "3"],
                _ => ["up", "-d", "--scale", "web=2"],
            })).Succeeded();
            Size = command.From;
        }

        if (Size != StackSize.Down && !File.Exists(Precious))
        {
            await File.WriteAllTextAsync(Precious, "data");
        }

        await KernelComparison.AssertEqual(sandbox, journal, "before the crash");
        await (command.AfterDeathOfAll ? Sandbox.Kill(sandbox.Processes()) : KillSupervisor());
        File.Delete(TraceFile);
    }

    private bool JobIsOver() => journal.Of("job") is [{ Phase: ContainerPhase.Exited, StartFailure: null, LastExit.ExitCode: 0 }];

    private async Task Recover(string when)
    {
        (await sandbox.Compose(Patience, "ps", "-a")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, when);
    }

    private Dictionary<string, RunningProcess> Running() =>
        journal.Update().Containers.Where(c => c.State.Phase == ContainerPhase.Running).ToDictionary(c => c.Id, c => c.State.Process!);

    private void AssertNothingLost(CrashedCommand command, Dictionary<string, RunningProcess> before)
    {
        if (command.To != StackSize.Down && command.From != StackSize.Down)
        {
            Assert.True(File.Exists(Precious), "the volume's data is lost");
        }

        if (command.Name == "scale up")
        {
            var now = Running();
            Assert.All(before, each => Assert.Equal(each.Value, now.GetValueOrDefault(each.Key)));
        }
    }

    private void AssertInEffect(Crash crash, Dictionary<string, RunningProcess> before)
    {
        var web = journal.Of("web");
        Assert.Equal(crash.Command.To switch { StackSize.Down => 0, StackSize.One => 1, _ => 2 }, web.Count(c => c.Phase == ContainerPhase.Running));
        if (crash.Command.To == StackSize.Down)
        {
            Assert.Empty(journal.Containers);
            Assert.Empty(journal.Volumes);
            return;
        }

        Assert.Equal(web.Count, web.Select(c => c.Spec!.Name).Distinct().Count());
        if (crash.Command.Name == "recreate")
        {
            Assert.DoesNotContain(journal.Containers, c => before.ContainsKey(c.Id));
        }
        else if (crash.Command.Name == "restart")
        {
            Assert.DoesNotContain(web, c => before.ContainsValue(c.Process!));
        }
    }

    private Dictionary<string, int> Reached() =>
        File.Exists(TraceFile) ? File.ReadLines(TraceFile).GroupBy(line => line).ToDictionary(lines => lines.Key, lines => lines.Count()) : [];

    private Task KillSupervisor() => Sandbox.Kill(sandbox.Processes().Where(process => process.Role is "supervisor"));
}
