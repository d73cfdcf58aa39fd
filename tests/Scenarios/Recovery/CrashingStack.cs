using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Journal;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>
/// A small stack with volumes, limits and typed volumes in a sandbox of its own, and some others, that are crashed again and again, and
/// compared with their journal each time.
/// </summary>
public sealed partial class CrashingStack : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Sandbox sandbox;
    private readonly JournalModel journal;
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private int armed;

    private CrashingStack(Sandbox sandbox)
    {
        this.sandbox = sandbox;
        journal = new JournalModel(sandbox.Root + "/journal.db");
        Directory.CreateDirectory(sandbox.Directory + "/device");
        CrashingStackFiles.Write(sandbox, sandbox.Directory + "/device");
    }

    public StackSize Size { get; private set; } = StackSize.Down;

    private string Precious => sandbox.Root + "/volumes/crash_data/_data/precious";

    /// <summary>Another each time: the monitors of an earlier command are told nothing of this one, and do not count.</summary>
    private string TraceFile => $"{sandbox.Directory}/trace-{armed}";

    public static async Task<CrashingStack> Create() => new(await Sandbox.Create());

    /// <summary>Runs the command to its end, and tells how often it comes to which point.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Trace(CrashedCommand command)
    {
        await Prepare(command);
        Arm(command, null);
        var outcome = await Perform(command);
        sandbox.Variables.Clear();
        Accept(command, command.Besides is null ? outcome : await sandbox.Compose(Patience, command.Arguments));
        await AssertEqual(command.Name);
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
        Arm(crash.Command, crash);
        _ = await Perform(crash.Command);
        sandbox.Variables.Clear();
        await KillSupervisor();
        var hit = Reached().GetValueOrDefault(crash.Point) >= crash.Time;

        await AssertEqual("recovery");
        var (events, newest) = (journal.Events, journal.Newest);
        AssertNothingLost(crash.Command, before);
        await KillSupervisor();
        await AssertEqual("the second recovery");
        Assert.True(events == journal.Events, $"the second recovery wrote {journal.Events - events} events: {string.Join(", ", journal.Since(newest))}");

        Accept(crash.Command, await sandbox.Compose(Patience, crash.Command.Arguments));
        await AssertEqual("the repeated command");
        AssertInEffect(crash.Command, before);
        Size = crash.Command.To;
        return hit;
    }

    /// <summary>Takes it down, and finds nothing left.</summary>
    public async Task End()
    {
        (await sandbox.Compose("-f", CrashingStackFiles.Of(Size), "down", "-v", "-t", "3")).Succeeded();
        await AssertEqual("the end");
    }

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    /// <param name="crash">Null: only traced.</param>
    private void Arm(CrashedCommand command, Crash? crash)
    {
        armed++;
        sandbox.Variables[Failpoint.TraceVariable] = TraceFile;
        if (new[] { command.Besides, crash?.Failpoint }.OfType<string>().ToList() is { Count: > 0 } told)
        {
            sandbox.Variables[Failpoint.Variable] = string.Join(',', told);
        }

        if (command.SnapshotEvery is { } every)
        {
            sandbox.Variables[JournalHousekeeping.SnapshotVariable] = $"{every}";
        }
    }

    private async Task<Outcome> Perform(CrashedCommand command)
    {
        var outcome = await sandbox.Compose(Patience, command.Arguments);
        if (command.To == StackSize.Troubled)
        {
            await TroubleIsOver();
        }

        if (command.Leaves)
        {
            using var reactor = new Reactor();
            using var supervisor = PidFd.Open(sandbox.Supervisor().Pid);
            supervisor.SendSignal(Signal.Term);
            await reactor.WhenReadable(supervisor).WaitAsync(Patience);
        }

        return outcome;
    }

    /// <summary>What goes wrong does so when the command has long ended; or the supervisor has, and nobody is to start another that would end there too.</summary>
    private async Task TroubleIsOver()
    {
        using var inotify = new Inotify();
        using var reactor = new Reactor();
        inotify.Watch(sandbox.Root, InotifyMask.Attributes | InotifyMask.Modify | InotifyMask.Create | InotifyMask.Delete);
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline && sandbox.Processes().Any(process => process.Role == "supervisor");)
        {
            if (journal.Update().Containers.All(c => c.State.Phase == ContainerPhase.Exited))
            {
                return;
            }

            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                await reactor.WhenReadable(inotify, moment.Token);
                inotify.Read();
            }
            catch (OperationCanceledException)
            {
                // The end of the supervisor is not written anywhere.
            }
        }
    }

    private static void Accept(CrashedCommand command, Outcome outcome)
    {
        if (!command.MayBeSo)
        {
            outcome.Succeeded();
        }
    }

    private async Task Prepare(CrashedCommand command)
    {
        sandbox.Variables.Clear();
        if (Size != command.From)
        {
            var (file, now) = (CrashingStackFiles.Of(command.From), CrashingStackFiles.Of(Size));
            if (command.From == StackSize.Down || (file != now && (file, now) != (CrashingStackFiles.Rolling, CrashingStackFiles.Rolled)))
            {
                (await sandbox.Compose("-f", now, "down", "-v", "-t", "3")).Succeeded();
            }

            foreach (var step in StepsTo(command.From).Where(_ => command.From != StackSize.Down))
            {
                (await sandbox.Compose(["-f", file, .. step])).Succeeded();
            }

            Size = command.From;
        }

        if (Size != StackSize.Down && CrashingStackFiles.Of(Size) == CrashingStackFiles.Main && !File.Exists(Precious))
        {
            await File.WriteAllTextAsync(Precious, "data");
        }

        if (command.Commits)
        {
            // Another each time: a layer that an earlier image has too would stay with that.
            (await sandbox.Compose("exec", "-T", "web", "sh", "-c", $"echo {Guid.NewGuid()} > /made")).Succeeded();
            (await sandbox.Compose("commit", "web", "made:1")).Succeeded();
        }

        await AssertEqual("before the crash");
        await (command.AfterDeathOfAll ? Sandbox.Kill(sandbox.Processes()) : KillSupervisor());
        if (command.AfterCrash is var (point, arguments))
        {
            sandbox.Variables[Failpoint.Variable] = point + "=kill";
            _ = await sandbox.Compose(Patience, ["-f", CrashingStackFiles.Of(command.From), .. arguments]);
            sandbox.Variables.Clear();
            await KillSupervisor();
        }

        if (command.StopsMonitor)
        {
            using var monitor = PidFd.Open(Running().Values.Single().MonitorPid);
            monitor.SendSignal(Signal.Parse("SIGSTOP"));
        }
    }

    private string[][] StepsTo(StackSize size) => size switch
    {
        StackSize.One when Size == StackSize.Paused => [["unpause", "web"]],
        StackSize.One => [["up", "-d", "--scale", "web=1", "-t", "3"]],
        StackSize.Two => [["up", "-d", "--scale", "web=2"]],
        StackSize.Stopped => [["up", "-d", "--scale", "web=1", "-t", "3"], ["stop", "-t", "3"]],
        StackSize.Paused => [["up", "-d", "--scale", "web=1", "-t", "3"], ["pause", "web"]],
        _ => [["up", "-d"]],
    };

    private Task AssertEqual(string when) => KernelComparison.AssertEqual(sandbox, journal, when, () => journal.Containers.Select(c => c.State).Select(c => c switch
    {
        { Phase: ContainerPhase.Running } when CrashingStackFiles.Ending.Contains(c.Spec!.Service) => $"{c.Spec.Name} has not ended",
        { Phase: ContainerPhase.Running, Spec.Health: not null, Health: null or { Status: not HealthStatus.Healthy } } => $"{c.Spec!.Name} is not yet known to be healthy",
        _ => null,
    }).FirstOrDefault(what => what is not null));

    private Dictionary<string, RunningProcess> Running() =>
        journal.Update().Containers.Where(c => c.State.Phase == ContainerPhase.Running).ToDictionary(c => c.Id, c => c.State.Process!);

    private void AssertNothingLost(CrashedCommand command, Dictionary<string, RunningProcess> before)
    {
        if (command.To != StackSize.Down && command.From != StackSize.Down && CrashingStackFiles.Of(command.To) == CrashingStackFiles.Main)
        {
            Assert.True(File.Exists(Precious), "the volume's data is lost");
        }

        if (command.Name is "scale up" or "signal" or "commit" or "image rm" or "exec" or "stats" or "run" or "run of nothing" or "run in the foreground" or "exec of another runtime" or "pause" or "unpause" or "leave")
        {
            var now = Running();
            Assert.All(before, each => Assert.Equal(each.Value, now.GetValueOrDefault(each.Key)));
        }
    }

    private void AssertInEffect(CrashedCommand command, Dictionary<string, RunningProcess> before)
    {
        var web = journal.Of("web");
        Assert.Equal(
            command.To switch { StackSize.Down or StackSize.Stopped or StackSize.Troubled => 0, StackSize.One or StackSize.Paused or StackSize.Foreign => 1, _ => 2 },
            web.Count(c => c.Phase == ContainerPhase.Running));
        switch (command.To)
        {
            case StackSize.Down:
                Assert.Empty(journal.Containers);
                Assert.Empty(journal.Volumes);
                Assert.Empty(journal.Networks);
                return;
            case StackSize.Troubled:
                Assert.Equal(5, journal.Containers.Count());
                Assert.All(journal.Containers, c => Assert.Equal(ContainerPhase.Exited, c.State.Phase));
                Assert.InRange(Assert.Single(journal.Of("greedy")).LastExit!.OomKills, 1, 100);
                return;
            case StackSize.One or StackSize.Two:
                Assert.True(journal.Of("job") is [{ Phase: ContainerPhase.Exited, StartFailure: null, LastExit.ExitCode: 0 }], "job has not come to its end, or there is more than one");
                break;
        }

        Assert.All(web, c => Assert.Equal(command.To == StackSize.Paused, c.Paused));
        Assert.Equal(web.Count, web.Select(c => c.Spec!.Name).Distinct().Count());
        if (command.Name is "recreate")
        {
            Assert.DoesNotContain(journal.Containers, c => before.ContainsKey(c.Id));
        }
        else if (command.Name is "restart" or "restart of another runtime")
        {
            Assert.DoesNotContain(web, c => before.ContainsValue(c.Process!));
        }
        else if (command.Name == "update")
        {
            Assert.All(web, c => Assert.Contains("VERSION=2", c.Spec!.Environment));
        }
    }

    /// <summary>Every point that any command so far has come to.</summary>
    public IReadOnlySet<string> Seen => seen;

    private Dictionary<string, int> Reached()
    {
        var reached = File.Exists(TraceFile) ? File.ReadLines(TraceFile).GroupBy(line => line).ToDictionary(lines => lines.Key, lines => lines.Count()) : [];
        seen.UnionWith(reached.Keys);
        return reached;
    }

    private Task KillSupervisor() => Sandbox.Kill(sandbox.Processes().Where(process => process.Role is "supervisor"));
}
