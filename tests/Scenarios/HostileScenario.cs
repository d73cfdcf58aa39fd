using System.Diagnostics;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.Recovery;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>Containers and people that do what nobody wants: what goes on, and that all of it ends.</summary>
public sealed class HostileScenario
{
    [Fact]
    public async Task Thousands_of_processes_that_end_leave_no_zombie_and_nobody_waits()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              spawning: {image: busybox:1.36, init: true, command: "sh -c 'n=0; while [ $$n -lt 4000 ]; do n=$$((n+1)); (true &); done; echo spawned; exec sleep 1000000'"}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var clock = Stopwatch.StartNew();
        using (var logs = sandbox.Start("logs", "-f", "spawning"))
        {
            await logs.Line("spawned", TimeSpan.FromSeconds(60));
        }

        Console.WriteLine($"hostile: 4000 processes that ended in one container, {4000 / clock.Elapsed.TotalSeconds:0} a second");

        // The last of them may not have come to their end yet.
        var id = await sandbox.Id("spawning");
        for (var deadline = DateTime.UtcNow.AddSeconds(10); sandbox.ProcessesOf(id).Count > 2 && DateTime.UtcNow < deadline;)
        {
            await Task.Delay(20);
        }

        Assert.Equal(2, sandbox.ProcessesOf(id).Count);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Containers_that_end_at_once_again_and_again_hold_up_nobody()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write($"services:\n  quiet: {{image: 'busybox:1.36', init: true, command: sleep 1000000}}\n" + string.Concat(Enumerable.Range(1, 10).Select(n =>
            $"  failing{n}: {{image: 'busybox:1.36', command: 'false', restart: always}}\n")));
        (await sandbox.Compose("up", "-d")).Succeeded();
        using (var events = sandbox.Events())
        {
            await events.Until(happened => happened.Type == "container.started" && happened.Payload.GetProperty("run").GetInt32() >= 4, "a fourth run");
        }

        var shown = await sandbox.Compose("ps", "--format", "json");
        Assert.InRange(shown.Succeeded().Took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        (await sandbox.Compose("exec", "-T", "quiet", "true")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_container_that_forks_until_its_limit_is_stopped_as_any_other()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              forking: {image: busybox:1.36, pids_limit: 25, command: "sh -c 'while :; do sleep 1000000 & done'"}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var id = await sandbox.Id("forking");
        for (var deadline = DateTime.UtcNow.AddSeconds(20); sandbox.ProcessesOf(id).Count < 20 && DateTime.UtcNow < deadline;)
        {
            await Task.Delay(20);
        }

        Assert.InRange(sandbox.ProcessesOf(id).Count, 0, 25);
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("kill")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, new JournalModel(sandbox.Root + "/journal.db"), "after the kill");
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_monitor_that_is_stopped_keeps_its_container_and_what_was_missed_is_done_when_it_goes_on()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              one: {image: busybox:1.36, init: true, command: sleep 1000000}
              two: {image: busybox:1.36, init: true, command: sleep 1000000}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var journal = new JournalModel(sandbox.Root + "/journal.db").Update();
        using var monitor = PidFd.Open(journal.Of("one")[0].Process!.MonitorPid);
        monitor.SendSignal(Signal.Parse("SIGSTOP"));

        // Nobody else is held up, and the supervisor may be killed and come back meanwhile.
        (await sandbox.Compose("restart", "-t", "3", "two")).Succeeded();
        await Sandbox.Kill([sandbox.Supervisor()]);
        var containers = await sandbox.Containers();
        Assert.Equal("running", Assert.Single(containers["one"]).GetProperty("State").GetString());

        var stopping = sandbox.Start("stop", "-t", "1", "one");
        await stopping.Line("Stopping");
        monitor.SendSignal(Signal.Parse("SIGCONT"));
        (await stopping.Ended()).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "when it has gone on");
        Assert.Equal(ContainerPhase.Exited, Assert.Single(journal.Of("one")).Phase);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_monitor_that_never_goes_on_holds_no_stop_up_for_ever()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: 'busybox:1.36', command: sleep 1000000}}");
        (await sandbox.Compose("up", "-d")).Succeeded();
        var journal = new JournalModel(sandbox.Root + "/journal.db").Update();
        using var monitor = PidFd.Open(journal.Of("one")[0].Process!.MonitorPid);
        monitor.SendSignal(Signal.Parse("SIGSTOP"));

        (await sandbox.Compose("kill", "one")).Succeeded();

        Assert.Equal("exited", Assert.Single((await sandbox.Containers())["one"]).GetProperty("State").GetString());
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_log_that_is_removed_or_moved_away_is_begun_anew()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("""
            services:
              talking: {image: busybox:1.36, init: true, command: "sh -c 'n=0; while :; do n=$$((n+1)); echo line $$n; usleep 20000; done'"}
            """);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var bundle = $"{sandbox.Root}/containers/{sandbox.FullId(await sandbox.Id("talking"))}";
        using var watch = new Watched(bundle);
        await watch.Until(() => File.Exists(bundle + "/log") && new FileInfo(bundle + "/log").Length > 100);

        File.Delete(bundle + "/log");
        await watch.Until(() => File.Exists(bundle + "/log") && new FileInfo(bundle + "/log").Length > 100);
        File.Move(bundle + "/log", bundle + "/log.moved");
        await watch.Until(() => File.Exists(bundle + "/log") && new FileInfo(bundle + "/log").Length > 100);
        Assert.Contains("line ", (await sandbox.Compose("logs", "--tail", "1", "talking")).Succeeded().Out);
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Two_supervisors_race_and_one_of_them_serves_both_commands()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, init: true, command: sleep 1000000}}");
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        for (var round = 0; round < 5; round++)
        {
            await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "supervisor"));
            // Both find none and start one; and both ask for the same while it recovers.
            var commands = Enumerable.Range(0, 4).Select(_ => sandbox.Start("up", "-d")).ToList();
            foreach (var command in commands)
            {
                (await command.Ended()).Succeeded();
            }

            await KernelComparison.AssertEqual(sandbox, journal, $"round {round}");
            Assert.Equal(ContainerPhase.Running, Assert.Single(journal.Of("one")).Phase);
        }

        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_name_is_free_again_when_and_only_when_the_old_container_is_gone()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write("services: {one: {image: busybox:1.36, init: true, command: sleep 1000000}}");
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        (await sandbox.Compose("up", "-d")).Succeeded();
        for (var round = 0; round < 4; round++)
        {
            // Made anew, taken down and made again, all at once; the supervisor is killed in the middle every other time.
            var commands = new List<RunningCommand> { sandbox.Start("up", "-d", "--force-recreate", "-t", "3"), sandbox.Start("down", "-t", "3"), sandbox.Start("up", "-d") };
            if (round % 2 == 1)
            {
                await Task.Delay(10 * round);
                await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "supervisor"));
            }

            foreach (var command in commands)
            {
                await command.Ended();
            }

            (await sandbox.Compose("up", "-d")).Succeeded();
            await KernelComparison.AssertEqual(sandbox, journal, $"round {round}");
            Assert.Equal(ContainerPhase.Running, Assert.Single(journal.Of("one")).Phase);
        }

        // Of one name there is never a second before the first is gone.
        var there = new HashSet<string>();
        foreach (var happened in await sandbox.History())
        {
            if (happened.Type == "container.created")
            {
                Assert.True(there.Add(happened.Container!), $"{happened.Container} is made while there is one: {happened}");
            }
            else if (happened.Type == "container.removed")
            {
                Assert.True(there.Remove(happened.Container!), $"{happened.Container} is removed twice: {happened}");
            }
        }

        await sandbox.AssertNothingLeft();
    }
}
