using Akka.Actor;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Containers;

/// <summary>How the effects of a container's decisions are carried out.</summary>
internal sealed partial class ContainerActor
{
    /// <summary>How long the end of a run that the kernel has killed may take to be seen.</summary>
    private static readonly TimeSpan PatienceWithEnd = TimeSpan.FromMilliseconds(250);

    private readonly List<long> startOrders = [];
    private readonly List<long> stopOrders = [];
    private readonly List<long> removalOrders = [];
    private readonly List<long> freezeOrders = [];

    /// <summary>Why the signal could not be sent that whoever is answered next has asked for.</summary>
    private string? unsent;

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
