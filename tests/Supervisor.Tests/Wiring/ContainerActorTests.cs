using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Tests.Containers;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Tests.Wiring;

/// <summary>
/// A container that is adopted while it runs: its first process and its monitor are both one sleep. What it is probed with is a script of the
/// test in the place of devoxx-runtime.
/// </summary>
public sealed class ContainerActorTests : WiringTestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly SpawnedProcess sleeper = Spawn.Start("/bin/sleep", ["sleep", "1000000"], []);

    protected override void AfterActors()
    {
        sleeper.PidFd.SendSignal(Signal.Kill);
        sleeper.Dispose();
        Cgroup.OpenExisting(Environment.Cgroups, CgroupPath)?.Remove();
    }

    [Fact]
    public void Probes_when_it_is_time_and_tells_only_when_the_health_is_another()
    {
        var answer = ProbedBy("test -e $(dirname $0)/well || { echo no luck; exit 7; }");
        Adopted(spec => spec with { Health = new HealthSpec(["x"]) { Interval = TimeSpan.FromMilliseconds(20), Retries = 3 } });

        var sick = Until(c => c.State.Health?.Status == HealthStatus.Unhealthy).State.Health!;
        Assert.Equal((3, "3 failures in a row; the last check exited with code 7: no luck"), (sick.FailingStreak, sick.Reason));

        File.WriteAllText(Path.GetDirectoryName(answer) + "/well", "");
        Assert.Equal("its check succeeded", Until(c => c.State.Health?.Status == HealthStatus.Healthy).State.Health!.Reason);
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void Ends_what_is_unhealthy_and_asks_to_start_it_again_when_its_back_off_is_over()
    {
        ProbedBy("exit 1");
        var container = Adopted(spec => spec with
        {
            Health = new HealthSpec(["x"]) { Interval = TimeSpan.FromMilliseconds(20), Retries = 1 },
            Restart = RestartPolicy.No with { OnUnhealthy = UnhealthyAction.Restart },
        });

        Assert.StartsWith("unhealthy: 1 failure in a row", Until(c => c.State.Ending is not null).State.Ending!.Reason);
        Assert.Equal((1, 0), Until(c => c.State.Phase == ContainerPhase.BackingOff).State is var waits ? (waits.NextStart!.Attempt, waits.Restarts) : default);
        Assert.Equal(1, (int)((StartDue)FishForMessage(m => m is StartDue, Soon)).Attempt);

        container.Tell(new BackOffElapsed(1));
        Assert.Equal((2, StartedBy.Policy), Until(c => c.State.Phase == ContainerPhase.Starting).State is var again ? (again.Run, again.StartedBy) : default);
    }

    [Fact]
    public void Hears_what_it_says_and_ends_it_when_it_falls_silent()
    {
        Adopted(spec => spec with { Notify = new NotifySpec(TimeSpan.FromMilliseconds(300)), StopGracePeriod = TimeSpan.FromSeconds(5) });
        Assert.Equal(HealthStatus.Starting, Until(c => c.Recovered).State.Health!.Status);

        Say("READY=1\nSTATUS=serving", inside: false);
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Say("READY=1\nSTATUS=serving", inside: true);
        var ready = Until(c => c.State.Health?.Status == HealthStatus.Healthy).State;
        Assert.Equal(("ready", "serving"), (ready.Notified!.State, ready.Notified.Status));

        var hung = Until(c => c.State.Ending is not null).State.Ending!;
        Assert.Equal((EndKind.Watchdog, 6, "watchdog: nothing heard for 300 ms"), (hung.Kind, hung.Signal, hung.Reason));

        Assert.Equal(ContainerPhase.Exited, Until(c => c.State.LastExit is not null).State.Phase);
    }

    [Fact]
    public void A_watchdog_that_is_fed_bites_nobody_and_a_paused_container_need_not_feed_it()
    {
        var container = Adopted(spec => spec with { Notify = new NotifySpec(TimeSpan.FromSeconds(2)) });
        Until(c => c.Recovered);
        Say("READY=1", inside: true);
        Until(c => c.State.Notified is { Ready: true });

        // More often than is heard: what waits its turn must not starve the watchdog.
        Say("WATCHDOG=1", inside: true, times: 700);
        container.Tell(new CgroupFreezeAnswer(1, Frozen: true, "pause"));
        Assert.Null(Until(c => c.State.Paused).State.Ending);
        ExpectNoMsg(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Tells_of_processes_that_the_kernel_has_killed_in_it_while_it_lives()
    {
        var container = Adopted(spec => spec);
        Until(c => c.Recovered);
        container.Tell(new CgroupLostProcesses(1, 2));
        Assert.Equal(2, Until(c => c.MemoryKills > 0).MemoryKills);

        sleeper.PidFd.SendSignal(Signal.Kill);
        Assert.Equal(0, Until(c => c.State.Phase == ContainerPhase.Exited).MemoryKills);
    }

    [Fact]
    public void Is_not_gone_before_its_last_run_has_let_everything_go()
    {
        var container = AfterCommands(
            spec => spec with { Mounts = [new MountSpec(MountKind.Volume, "data", "/data")] }, new PreparationFailed(1, "no network", 125));
        Assert.Equal(("data", 1), FishForMessage(m => m is DetachVolume, Soon) is DetachVolume asked ? (asked.Name, asked.Run) : default);

        container.Tell(new RemoveContainer(3, "down"));
        Until(c => c.State.Phase == ContainerPhase.Removing);
        ExpectNoMsg(TimeSpan.FromMilliseconds(300));

        container.Tell(new DetachAnswer("data", 1, null));
        Until(c => c.State.Phase == ContainerPhase.Removed);
    }

    [Fact]
    public void Does_not_start_again_before_its_last_run_has_let_everything_go()
    {
        var container = AfterCommands(
            spec => spec with { Mounts = [new MountSpec(MountKind.Volume, "data", "/data")] }, new PreparationFailed(1, "no network", 125));
        FishForMessage(m => m is DetachVolume, Soon);

        container.Tell(new StartContainer(3, "up"));
        Assert.DoesNotContain(ReceiveWhile<object>(TimeSpan.FromMilliseconds(300), m => m, int.MaxValue), m => m is ContainerChanged { State.Phase: ContainerPhase.Starting });

        container.Tell(new DetachAnswer("data", 1, null));
        Assert.Equal(2, Until(c => c.State.Phase == ContainerPhase.Starting).State.Run);
    }

    [Fact]
    public void Tries_once_more_to_let_go_of_what_it_could_not_before_it_is_removed()
    {
        var container = AfterCommands(
            spec => spec with { Mounts = [new MountSpec(MountKind.Volume, "data", "/data")] }, new PreparationFailed(1, "no network", 125));
        FishForMessage(m => m is DetachVolume, Soon);
        container.Tell(new DetachAnswer("data", 1, "busy"));

        // Asked once more, unless the first time is not over yet.
        container.Tell(new RemoveContainer(3, "down"));
        if (FishForMessage(m => m is DetachVolume or ContainerAnswer, Soon) is not ContainerAnswer refused)
        {
            container.Tell(new DetachAnswer("data", 1, "busy"));
            refused = (ContainerAnswer)FishForMessage(m => m is ContainerAnswer, Soon);
        }

        Assert.Equal((3, "busy"), (refused.Order, refused.Error));

        container.Tell(new RemoveContainer(4, "down"));
        FishForMessage(m => m is DetachVolume, Soon);
        container.Tell(new DetachAnswer("data", 1, null));
        Until(c => c.State.Phase == ContainerPhase.Removed);
    }

    [Fact]
    public void Does_not_wait_for_ever_for_a_monitor_that_is_stopped_when_its_container_ends()
    {
        using var monitor = Spawn.Start("/bin/sleep", ["sleep", "1000000"], []);
        Adopted(spec => spec, monitor);
        Until(c => c.Recovered);
        monitor.PidFd.SendSignal(Signal.Parse("SIGSTOP"));
        sleeper.PidFd.SendSignal(Signal.Kill);

        Assert.Equal(ContainerExits.Unseen, Until(c => c.State.LastExit is not null).State.LastExit!.ExitCode);
    }

    private ContainerChanged Until(Predicate<ContainerChanged> wanted) => (ContainerChanged)FishForMessage(m => m is ContainerChanged c && wanted(c), Soon);

    /// <summary>The container as the journal of an earlier life has it, and its next life.</summary>
    private IActorRef Adopted(Func<ContainerSpec, ContainerSpec> with, SpawnedProcess? monitor = null)
    {
        var watching = (monitor ?? sleeper).Pid;
        var process = new RunningProcess(sleeper.Pid, ProcessStat.Of(sleeper.Pid)!.Value.StartTime, watching, ProcessStat.Of(watching)!.Value.StartTime, BootId.Current);
        return AfterCommands(with, new ContainerPrepared(1), new MonitorStarted(1, process));
    }

    private IActorRef AfterCommands(Func<ContainerSpec, ContainerSpec> with, params IContainerCommand[] commands)
    {
        var life = new ContainerLife();
        var written = new List<IContainerEvent>();
        foreach (var command in (IContainerCommand[])[new CreateContainer(1, with(ContainerLife.Spec()), "new"), new StartContainer(2, "up"), .. commands])
        {
            written.AddRange(life.Tell(command).Events);
        }

        var spec = life.State.Spec!;
        Directory.CreateDirectory(Environment.Root.Bundle(spec.Id));
        _ = Cgroup.Create(Environment.Cgroups, CgroupPath, new CgroupLimits());
        Sys.ActorOf(Producer<EarlierLife>.Props(() => new EarlierLife("container-" + spec.Id, written))).Tell("write", TestActor);
        ExpectMsg("written", Soon);
        return Child(() => new ContainerActor(spec.Id, spec.Subject, Environment));
    }

    private string CgroupPath => Environment.Root.CgroupParent + "/" + ContainerLife.Spec().Id;

    private string ProbedBy(string script)
    {
        var path = Environment.Root.Path + "/probe";
        Directory.CreateDirectory(Environment.Root.Path);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        Environment = Environment with { RuntimeStart = path };
        return path;
    }

    /// <summary>One datagram, of a process in the container's cgroup or of one that is not and does not leave before it is looked at.</summary>
    private void Say(string message, bool inside, int times = 1)
    {
        const string Program = """
            use Socket; use Errno; my ($directory, $socket, $message, $times, @tasks) = @ARGV;
            for (@tasks) { open(my $file, '>', $_) or die "$_: $!"; print $file $$; close $file or die "$_: $!" }
            chdir $directory or die $!; # a path in sockaddr_un has room for 108 bytes only
            socket(my $s, PF_UNIX, SOCK_DGRAM, 0) or die $!;
            # Refused: the file is that of a socket which is gone, and the next is not bound yet.
            my $deadline = time + 20;
            for (1 .. $times) {
                until (send($s, $message, 0, sockaddr_un($socket))) { die $! if time > $deadline || !$!{ECONNREFUSED}; select(undef, undef, undef, 0.005) }
                select(undef, undef, undef, 0.005) if $times > 1
            }
            sleep(@tasks ? 0 : 1)
            """;
        var tasks = inside ? Cgroup.OpenExisting(Environment.Cgroups, CgroupPath)!.Directories.Select(directory => directory + "/cgroup.procs") : [];
        using var sender = Process.Start("perl", ["-e", Program, Bundle.NotifyDirectory(Environment.Root, ContainerLife.Spec().Id), NotifySocket.Name, message, times.ToString(), .. tasks]);
        sender.WaitForExit();
        Assert.Equal(0, sender.ExitCode);
    }

    private sealed class EarlierLife(string persistenceId, List<IContainerEvent> events) : UntypedPersistentActor
    {
        public override string PersistenceId => persistenceId;

        protected override void OnRecover(object message)
        {
        }

        protected override void OnCommand(object message)
        {
            var left = events.Count;
            var asked = Sender;
            PersistAll(events, _ =>
            {
                if (--left == 0)
                {
                    Context.Stop(Self);
                    asked.Tell("written");
                }
            });
        }
    }
}
