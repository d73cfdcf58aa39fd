using Akka.Actor;
using Akka.Event;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Runtimes;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Containers;

/// <summary>How the effects of a container's decisions are carried out.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>How long after SIGKILL a monitor may take to record the end: it waits for output that is still to be written.</summary>
    private static readonly TimeSpan PatienceWithMonitor = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of a run that the kernel has killed may take to be seen.</summary>
    private static readonly TimeSpan PatienceWithEnd = TimeSpan.FromMilliseconds(250);

    private readonly List<long> startOrders = [];
    private readonly List<long> stopOrders = [];
    private readonly List<long> removalOrders = [];
    private readonly List<long> freezeOrders = [];
    private bool releasing;

    /// <summary>Something that the last run held could not be let go: it is tried again before the container is removed.</summary>
    private bool holds;

    /// <summary>Why the signal could not be sent that whoever is answered next has asked for.</summary>
    private string? unsent;
    private CgroupUsage? usage;

    private string CgroupPath => environment.Root.CgroupOf(State.Spec!);

    protected override void Perform(IContainerEffect effect)
    {
        switch (effect)
        {
            case PrepareRun prepare: Prepare(prepare.Run); break;
            case StartMonitor: StartMonitorProcess(); break;
            case WatchMonitor watch: Watch(watch.Run); Listen(watch.Run); BeginProbing(watch.Run); break;
            case ReleaseRun: ReleaseAll(); break;
            case RunHook hook: BeginHook(hook.Run, hook.Again); break;
            case SendSignal signal: unsent = Send(signal.Signal) is { } why && signal.Signal != Signal.Kill ? why : null; break;
            case SendStopSignal stop: SendStop(stop); break;
            case FreezeRun freeze: Child("cgroup").Tell(new FreezeCgroup(freeze.Run, freeze.Frozen, freeze.Cause)); break;
            case AwaitFreeze wait: freezeOrders.Add(wait.Order); break;
            case AnswerFreezes answer: ReplyAll(freezeOrders, answer.Error); break;
            case ExtendGrace extend: Later("grace", extend.Grace, new GraceElapsed(extend.Run)); break;
            case FeedWatchdog feed: FeedWatchdog(feed.Run, feed.Watchdog); break;
            case RepeatStatus repeat:
                Later("status", repeat.Delay, new NotificationReceived(repeat.Run, new NotifyMessage { Status = repeat.Status }));
                break;
            case ScheduleStart start: Later("start", start.Delay, new StartDue(id, start.Attempt)); break;
            case CancelTimers: Timers.CancelAll(); break;
            case RemoveFiles:
                removalFailed = false;
                if (holds && !releasing)
                {
                    ReleaseAll();
                }
                else if (!releasing)
                {
                    RemoveOwnFiles();
                }

                break;
            case Answer answer:
                Reply(answer.Order, answer.Error ?? unsent);
                unsent = null;
                break;
            case AwaitStart wait: startOrders.Add(wait.Order); break;
            case AwaitStop wait: stopOrders.Add(wait.Order); break;
            case AwaitRemoval wait: removalOrders.Add(wait.Order); break;
            case AnswerStarts answer: ReplyAll(startOrders, answer.Error); break;
            case AnswerStops answer: ReplyAll(stopOrders, answer.Error); break;
            case AnswerRemovals answer: ReplyAll(removalOrders, answer.Error); break;
            default: throw new InvalidOperationException($"{effect.GetType().Name} is not an effect of a container");
        }
    }

    private void Prepare(int run)
    {
        var spec = State.Spec!;
        releasing = false;
        gathering = RunPreparation.For(spec, run);
        Child("cgroup").Tell(new PrepareCgroup(run, CgroupPath, spec.Limits, spec.Privileged));
        Child("root").Tell(new AttachVolume(
            id, VolumeSpec.ContainerRoot(id, environment.Root.Bundle(id), spec.Project), id, run, null, Self));
        Child("network").Tell(new PrepareContainerNetwork(run, spec));
        FindDonors(run);
        foreach (var source in RunPreparation.SharedSources(spec))
        {
            var (wanted, content) = RunPreparation.Wanted(
                spec, source, run, environment.Root, () => environment.Images.Find(spec.ImageId)?.LayerDirectories ?? []);
            Context.Parent.Tell(new AttachVolume(source, wanted, id, run, content, Self));
        }
    }

    private void StartMonitorProcess()
    {
        NotifySocket? socket;
        try
        {
            socket = OpenNotifications();
        }
        catch (IOException e)
        {
            Self.Tell(new MonitorOutcome(null, null, e.Message, 125));
            return;
        }

        launching = new CancellationTokenSource();
        MonitorProcess.StartAsync(State.Spec!, environment, CgroupPath, gathering!.SourcesByTarget(State.Spec!), network, shared, socket, launching.Token)
            .PipeTo(Self, failure: e => new MonitorOutcome(null, null, e.Message, 125));
    }

    private void Watch(int run)
    {
        var pidfd = monitor ?? throw new InvalidOperationException($"{State.Spec!.Name}: no monitor to watch");
        Child("network").Tell(new ContainerNetworkInUse(run, State.Spec!, State.Process!, State.Connections));
        environment.Reactor.WhenReadable(pidfd).PipeTo(Self, success: () => new MonitorGone(run), failure: _ => new MonitorGone(run));
        _ = WatchFirstProcessAsync(State.Process!, run, Self);
    }

    private async Task WatchFirstProcessAsync(RunningProcess process, int run, IActorRef self)
    {
        if (new ProcessIdentity(process.Pid, process.StartTime, process.BootId).OpenIfAlive() is { } alive)
        {
            using (alive)
            {
                await environment.Reactor.WhenReadable(alive).ConfigureAwait(false);
            }
        }

        self.Tell(new FirstProcessGone(run));
    }

    /// <summary>Its monitor waits for output that others may still write, for as long as they like; one that is stopped does not wait, it never comes.</summary>
    private void AwaitMonitor(FirstProcessGone gone)
    {
        if (gone.MonitorIsStopped && HelperGuard.IsStopped(State.Process!.MonitorPid))
        {
            KillMonitor();
        }
        else
        {
            Later("stopped", HelperGuard.Interval, gone with { MonitorIsStopped = HelperGuard.IsStopped(State.Process!.MonitorPid) });
        }
    }

    /// <summary>Cgroup and volumes go back; what was asked of them comes as <see cref="RunEnded"/> if a run was.</summary>
    private void ReleaseAll()
    {
        var spec = State.Spec!;
        releasing = true;
        usage = null;
        gathering = RunPreparation.Release(spec, State.Run);
        Child("cgroup").Tell(new ReleaseCgroup(State.Run));
        Child("network").Tell(new ReleaseContainerNetwork(State.Run, spec));
        foreach (var source in RunPreparation.SharedSources(spec))
        {
            Context.Parent.Tell(new DetachVolume(source, id, State.Run, Self));
        }

        // Its own directories stay, but nothing uses them: the root's mount went with its namespace.
        Child("root").Tell(new DetachVolume(id, id, 0, Self));
    }

    private RunPreparation Released(CgroupReleased released)
    {
        usage = released.Usage;
        DeleteForeignState();
        return gathering!.Got(RunPreparation.Cgroup);
    }

    private RunPreparation NotReleased(CgroupFailed failed)
    {
        if (releasing)
        {
            DeleteForeignState();
        }

        return gathering!.Failed(RunPreparation.Cgroup, failed.Error);
    }

    /// <summary>After the cgroup: a runtime that is not ours would remove it uncounted.</summary>
    private void DeleteForeignState()
    {
        var (root, spec, run) = (environment.Root, State.Spec!, State.Run);
        if (spec.Runtime is not null)
        {
            environment.Kernel.Run(() => ForeignState.Delete(root, spec))
                .PipeTo(Self, success: error => new RuntimeReleased(run, error), failure: e => new RuntimeReleased(run, e.Message));
        }
    }

    /// <summary>Not before its last run has let everything go: it is gone then, and nobody would hear of that any more.</summary>
    private void RemoveOwnFiles()
    {
        Child("network").Tell(new ForgetContainerNetwork(State.Spec!));
        Child("root").Tell(new RemoveVolume(0, id, "its container goes", Self));
    }

    private void FinishRelease()
    {
        var errors = gathering!.Errors;
        gathering = null;
        releasing = reaping = false;
        foreach (var error in errors)
        {
            Context.GetLogger().Error("{0}: {1}", State.Spec!.Name, error);
        }

        holds = !errors.IsEmpty;
        if (State.Phase is not (ContainerPhase.Running or ContainerPhase.Stopping or ContainerPhase.Starting))
        {
            if (State.Phase == ContainerPhase.Removing && holds)
            {
                removalFailed = true;
                Do(new ContainerFilesNotRemoved(string.Join("; ", errors)));
            }
            else if (State.Phase == ContainerPhase.Removing)
            {
                RemoveOwnFiles();
            }

            Stash.UnstashAll();
            return;
        }

        if (monitor is not null)
        {
            ReapMonitor(monitor);
            monitor.Dispose();
            monitor = null;
        }

        Become(OnCommand);
        Stash.UnstashAll();
        Do(new RunEnded(State.Run, exitRecord, usage, evidence));
        (exitRecord, evidence) = (null, null);
    }

    private static void ReapMonitor(PidFd monitor)
    {
        try
        {
            monitor.TryReap();
        }
        catch (LinuxException notOurs) when (notOurs.ErrnoName == "ECHILD")
        {
            // Started by an earlier supervisor, which was killed: init reaps it.
        }
    }

    /// <returns>Why it could not be sent.</returns>
    private string? Send(int signal)
    {
        string? failed = null;
        if (State.Process is not { } p)
        {
            if (signal == Signal.Kill)
            {
                launching?.Cancel();
            }

            return null;
        }

        using var process = new ProcessIdentity(p.Pid, p.StartTime, p.BootId).OpenIfAlive();
        try
        {
            Failpoint.Around("container.signal", () => process?.SendSignal(signal));
        }
        catch (LinuxException e)
        {
            // A stop goes on all the same: at the end of its grace period, and then by way of the monitor.
            Context.GetLogger().Error("{0}: {1}", State.Spec!.Name, e.Message);
            failed = e.Message;
        }

        if (signal == Signal.Kill)
        {
            Later("monitor", PatienceWithMonitor, new MonitorSilent(State.Run));
        }

        return failed;
    }

    /// <summary>A monitor that has not told the end by now is stopped itself (SIGSTOP), or stuck: without it, nobody waits for ever.</summary>
    private void KillMonitor()
    {
        if (State.Process is { } p)
        {
            using var process = new ProcessIdentity(p.MonitorPid, p.MonitorStartTime, p.BootId).OpenIfAlive();
            Failpoint.Around("container.monitor-killed", () => process?.SendSignal(Signal.Kill));
        }
    }

    private void SendStop(SendStopSignal stop)
    {
        Send(stop.Signal);
        if (stop.Signal == Signal.Kill)
        {
            return;
        }

        Later("grace", stop.Grace, new GraceElapsed(stop.Run));
        // Only the first process of a pid namespace is spared.
        if (State.Process is { } process && State.Spec! is { Init: false, Namespaces: null or { Pid: null } } && !StopSignals.IsHandled(process.Pid, stop.Signal))
        {
            // A program that has only just begun may not have set its handler yet.
            Later("dropped", StopSignals.TimeToSetHandlers - RanFor, new StopSignalDue(stop.Run, stop.Signal));
        }
    }

    private void Later(string key, TimeSpan delay, object message) =>
        Timers.StartSingleTimer(key, message, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);

    private void Reply(long order, string? error) => Context.Parent.Tell(new ContainerAnswer(order, id, error));

    private void ReplyAll(List<long> orders, string? error)
    {
        foreach (var order in orders)
        {
            Reply(order, error);
        }

        orders.Clear();
    }

    private IActorRef Child(string name)
    {
        var child = Context.Child(name);
        return !child.IsNobody() ? child
            : name == "network" ? NetworkChild()
            : name == "cgroup" ? Context.ActorOf(Producer<CgroupActor>.Props(() => new CgroupActor(id, subject, environment)), name)
            : Context.ActorOf(Producer<VolumeActor>.Props(() => new VolumeActor("root-" + id, subject, environment)), name);
    }
}
