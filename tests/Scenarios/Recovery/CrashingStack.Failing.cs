using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.World;
using Xunit;

namespace Devoxx.Scenarios.Recovery;

/// <summary>What else is done at a point than to crash: the call fails, or the process stops.</summary>
public sealed partial class CrashingStack
{
    private static readonly TimeSpan PatienceWithAnswer = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Lets the call at the point fail. The command succeeds, or says what has failed; the supervisor lives, unless it is the journal that it cannot write; the same
    /// command succeeds afterwards, and then what is there is what the journal says; and <c>down -v</c> leaves nothing.
    /// </summary>
    /// <returns>False if the command did not come to the point this time.</returns>
    public async Task<bool> FailAndTakeDown(Crash crash)
    {
        await Prepare(crash.Command);
        Arm(crash.Command, crash);
        var outcome = await Perform(crash.Command);
        sandbox.Variables.Clear();
        var hit = Reached().GetValueOrDefault(crash.Point) >= crash.Time;
        if (hit)
        {
            // What follows from a write that failed may be told before the supervisor has left because of it; then the log says which it was.
            Assert.True(
                outcome.ExitCode == 0 || outcome.Error.Contains(crash.Point, StringComparison.Ordinal)
                    || ((outcome.Error.Contains("supervisor.log", StringComparison.Ordinal) || FailpointList.IsOfRuntime(crash.Point) || crash.Point.StartsWith("journal.", StringComparison.Ordinal)) && File.ReadAllText(sandbox.RunDirectory + "/supervisor.log").Contains(crash.Point, StringComparison.Ordinal)),
                $"does not say what has failed: {outcome}");
            Assert.True(
                crash.Point.StartsWith("journal.", StringComparison.Ordinal) || crash.Point.StartsWith("supervisor.", StringComparison.Ordinal)
                    || sandbox.Processes().Any(process => process.Role == "supervisor"),
                $"the supervisor has ended: {outcome}");
        }

        if (!hit || crash.Point.StartsWith("journal.", StringComparison.Ordinal))
        {
            // What follows might come to the point. One that cannot write its journal is about to leave.
            await KillSupervisor();
        }

        // Every second time, so that taking down is also tested where it failed.
        if (crash.Time % 2 == 0 || crash.Command.To == StackSize.Down || Even(crash.Point))
        {
            Accept(crash.Command, await sandbox.Compose(Patience, crash.Command.Arguments));
            await AssertEqual("the repeated command");
        }

        await TakeDown(crash.Command);
        return hit;
    }

    /// <summary>
    /// Stops the process at the point (SIGSTOP). The supervisor goes on answering. When it is continued all is as if nothing had been; when it never is, <c>down -v</c>
    /// ends it all the same.
    /// </summary>
    /// <returns>False if the command did not come to the point this time.</returns>
    public async Task<bool> StopAtAndGoOn(Crash crash)
    {
        await Prepare(crash.Command);
        Arm(crash.Command, crash);
        using var command = sandbox.Start(crash.Command.Arguments);
        sandbox.Variables.Clear();
        var stopped = await Stopped(crash, command);
        if (stopped is null)
        {
            // Who comes to it after the command has ended is seen to be stopped by the supervisor, or goes on now.
            ContinueAll();
            Accept(crash.Command, await command.Ended(Patience));
            await AssertEqual("a command that was not stopped");
            await KillSupervisor();
            Size = crash.Command.To;
            return false;
        }

        using (stopped)
        {
            (await sandbox.Compose(PatienceWithAnswer, "-f", CrashingStackFiles.Of(crash.Command.To), "ps", "-a")).Succeeded();
            if (Even(crash.Point))
            {
                await ContinueUntilEnded(command);
                Accept(crash.Command, await command.Ended(Patience));
                await AssertEqual("it was continued");
                AssertInEffect(crash.Command, []);
                await KillSupervisor();
                Size = crash.Command.To;
            }
            else
            {
                await TakeDown(crash.Command);
                using var reactor = new Reactor();
                await reactor.WhenReadable(stopped).WaitAsync(PatienceWithAnswer);
                _ = await command.Ended(PatienceWithAnswer);
            }
        }

        return true;
    }

    /// <summary>Whoever is stopped goes on, until the command has ended.</summary>
    private async Task ContinueUntilEnded(RunningCommand command)
    {
        using var reactor = new Reactor();
        using var itself = PidFd.TryOpen(command.Pid);
        var ended = itself is null ? Task.CompletedTask : reactor.WhenReadable(itself);
        for (var deadline = DateTime.UtcNow + Patience; !ended.IsCompleted && DateTime.UtcNow < deadline;)
        {
            ContinueAll();
            await Task.WhenAny(ended, Task.Delay(50));
        }

        // Hooks and ends that the command does not wait for.
        await KillSupervisor();
        ContinueAll();
    }

    private void ContinueAll()
    {
        foreach (var process in sandbox.Processes().Where(process => ProcessStat.Of(process.Pid) is { State: 'T' }))
        {
            using var stopped = PidFd.TryOpen(process.Pid);
            stopped?.SendSignal(Signal.Parse("SIGCONT"));
        }
    }

    private static bool Even(string point) => point.Sum(letter => letter) % 2 == 0;

    private async Task TakeDown(CrashedCommand command)
    {
        (await sandbox.Compose(Patience, "-f", CrashingStackFiles.Of(command.To == StackSize.Down ? command.From : command.To), "down", "-v", "-t", "1")).Succeeded();
        await AssertEqual("down");
        Assert.Empty(journal.Containers);
        Assert.Empty(journal.Volumes);
        Assert.Empty(journal.Networks);
        await KillSupervisor();
        Size = StackSize.Down;
    }

    /// <summary>The process that has come to the point and is stopped; null: the command has ended without.</summary>
    private async Task<PidFd?> Stopped(Crash crash, RunningCommand command)
    {
        using var inotify = new Inotify();
        using var reactor = new Reactor();
        inotify.Watch(sandbox.Directory, InotifyMask.Modify | InotifyMask.Create);
        using var itself = PidFd.TryOpen(command.Pid);
        var ended = itself is null ? Task.CompletedTask : reactor.WhenReadable(itself);
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline;)
        {
            var last = ended.IsCompleted;
            if (Reached().GetValueOrDefault(crash.Point) >= crash.Time)
            {
                foreach (var process in sandbox.Processes())
                {
                    if (ProcessStat.Of(process.Pid) is { State: 'T' })
                    {
                        return PidFd.TryOpen(process.Pid);
                    }
                }
            }
            else if (last)
            {
                return null;
            }

            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                await reactor.WhenReadable(inotify, moment.Token);
                inotify.Read();
            }
            catch (OperationCanceledException)
            {
                // It has written its name, and is about to stop; or the command has ended.
            }
        }

        throw new TimeoutException($"{crash}: nothing stops");
    }
}
