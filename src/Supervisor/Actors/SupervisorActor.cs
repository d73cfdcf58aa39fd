using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Actors;

/// <summary>A request has come in by the control API, or has been answered: while one is open, the supervisor stays.</summary>
internal sealed record RequestOpened;

internal sealed record RequestClosed;

/// <summary>Answered by <see cref="Settled"/> when nothing is under way any more: recovery is over, and whatever was asked for has been done.</summary>
internal sealed record AwaitSettled;

internal sealed record Settled;

/// <summary>Answered by a dictionary of <see cref="ProjectSummary"/> by name.</summary>
internal sealed record GetProjects;

/// <summary>
/// The root of all actors: boots them, lets nobody in before recovery has seen what there is, removes what nobody owns, and
/// leaves when nothing runs and nobody asks.
/// </summary>
internal sealed class SupervisorActor(SupervisorEnvironment environment, TimeSpan idleTimeout, Action<string> leave)
    : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private IActorRef projects = ActorRefs.Nobody;
    private IActorRef volumes = ActorRefs.Nobody;
    private IActorRef images = ActorRefs.Nobody;
    private IActorRef networks = ActorRefs.Nobody;
    private ProjectsChanged? known;
    private bool volumesReady;
    private bool networksReady;
    private NetworksReady ready = new([], []);

    /// <summary>
    /// How often all are asked: a message that nobody answers (a container that is to be answered for no longer) is a level further with each time,
    /// up from the container's child by its project and the projects to here, down by the networks to who does it.
    /// </summary>
    private const int Rounds = 6;

    private readonly List<IActorRef> waiting = [];
    private (long Number, long Changes, int Outstanding, int Left)? muster;
    private long musters;
    private int open;

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(JournalFailed));
        var self = Self;
        UnderWay.Of(Context.System).WhenNothing(() => self.Tell(new NothingUnderWay()));
        images = Context.ActorOf(Producer<ImagesActor>.Props(() => new ImagesActor(environment)), "images");
        volumes = Context.ActorOf(Producer<VolumesActor>.Props(() => new VolumesActor(environment)), "volumes");
        networks = Context.ActorOf(Producer<NetworksActor>.Props(() => new NetworksActor(environment)), "networks");
        projects = Context.ActorOf(Producer<ProjectsActor>.Props(() => new ProjectsActor(environment)), "projects");
    }

    /// <summary>Recovery: children look at what there is. Left for <see cref="Serving"/> when all of them have, and orphans are gone.</summary>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ProjectsChanged changed:
                known = changed;
                ServeIfRecovered();
                break;
            case VolumesReady:
                volumesReady = true;
                ServeIfRecovered();
                break;
            case NetworksReady now:
                (networksReady, ready) = (true, now);
                ServeIfRecovered();
                break;
            case OrphansRemoved removed:
                foreach (var error in removed.Errors)
                {
                    Context.GetLogger().Error("left behind by an earlier supervisor and not removed: {0}", error);
                }

                Become(Serving);
                Stash.UnstashAll();
                LeaveIfIdle();
                break;
            case NothingUnderWay:
                break;
            case IVolumeCommand or GetVolumes when Sender != Context.System.DeadLetters && IsOfChild():
                volumes.Forward(message);
                break;
            case INetworkCommand when Sender != Context.System.DeadLetters && IsOfChild():
                networks.Forward(message);
                break;
            case JournalFailed failed:
                leave($"the journal cannot be used: {failed.PersistenceId}: {failed.Cause.Message}");
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    /// <summary>Recovered: requests go to whom they are for.</summary>
    private void Serving(object message)
    {
        switch (message)
        {
            case ProjectsChanged changed:
                known = changed;
                LeaveIfIdle();
                break;
            case RequestOpened:
                open++;
                Timers.Cancel("idle");
                Timers.Cancel("tidy");
                break;
            case RequestClosed:
                open--;
                Timers.StartSingleTimer("tidy", new Tidy(), TimeSpan.FromSeconds(2));
                LeaveIfIdle();
                break;
            case Tidy when open == 0:
                // Whoever watches containers for weeks should not hold what one busy second needed.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                break;
            case Tidy:
                break;
            case GetProjects:
                Sender.Tell(known!.Projects);
                break;
            case IdleFor:
                leave("nothing runs and nobody asks");
                break;
            case JournalFailed failed:
                leave($"the journal cannot be used: {failed.PersistenceId}: {failed.Cause.Message}");
                break;
            case ProjectRequest or GetContainers or GetContainerStates or WatchContainers or UnwatchContainers:
                projects.Forward(message);
                break;
            case IVolumeCommand or GetVolumes:
                volumes.Forward(message);
                break;
            case INetworkCommand or GetNetworks:
                networks.Forward(message);
                break;
            case ResolveImage:
                images.Forward(message);
                break;
            case VolumesReady or NetworksReady:
                break;
            case AwaitSettled:
                waiting.Add(Sender);
                MusterIfNothing();
                break;
            case NothingUnderWay:
                MusterIfNothing();
                break;
            case Mustered mustered:
                Count(mustered);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Nobody says that he is in the middle of anything: asks all of them, through the mailboxes that what follows from it would come by.</summary>
    /// <param name="left">How many times more, if nothing has begun meanwhile.</param>
    private void MusterIfNothing(int left = Rounds - 1)
    {
        var underWay = UnderWay.Of(Context.System);
        muster = null;
        if (waiting.Count == 0 || !underWay.IsNothing)
        {
            return;
        }

        IActorRef[] asked = [projects, volumes, networks];
        muster = (++musters, underWay.Changes, asked.Length, left);
        foreach (var each in asked)
        {
            each.Tell(new Muster(musters, Self));
        }
    }

    private void Count(Mustered mustered)
    {
        if (muster is not { } under || under.Number != mustered.Number)
        {
            return;
        }

        under.Outstanding += mustered.PassedOn - 1;
        muster = under;
        if (under.Outstanding > 0)
        {
            return;
        }

        muster = null;
        if (under.Changes != UnderWay.Of(Context.System).Changes || under.Left > 0)
        {
            MusterIfNothing(under.Changes == UnderWay.Of(Context.System).Changes ? under.Left - 1 : Rounds - 1);
            return;
        }

        waiting.ForEach(each => each.Tell(new Settled()));
        waiting.Clear();
    }

    /// <summary>Containers that are being recovered ask for volumes and networks; people have to wait.</summary>
    private bool IsOfChild() => Sender.Path.Elements is [_, _, "projects", ..];

    private void ServeIfRecovered()
    {
        if (!volumesReady || !networksReady || known is not { Recovered: true } || swept)
        {
            return;
        }

        swept = true;
        var owned = known.Projects.Values.SelectMany(p => p.ContainerIds).ToImmutableHashSet();
        networks.Tell(new ReleaseUnknown(owned, AtRest: known.Active == 0));
        var resting = known.Projects.Values.SelectMany(p => p.RestingIds).ToImmutableHashSet();
        // Containers that are being recovered are connected while orphans are looked for: what they may be getting is no orphan.
        var links = ready.Links.Union(owned.Except(resting).SelectMany(id => ready.Ids.Select(network => environment.Networking.Names.Port(id, network))));
        environment.Kernel.Run(() => Orphans.Remove(environment, owned, resting, links))
            .PipeTo(Self, success: errors => new OrphansRemoved(errors), failure: e => new OrphansRemoved([e.Message]));
    }

    private bool swept;

    private void LeaveIfIdle()
    {
        if (open == 0 && known is { Active: 0 } && idleTimeout != Timeout.InfiniteTimeSpan)
        {
            Timers.StartSingleTimer("idle", new IdleFor(), idleTimeout);
        }
        else
        {
            Timers.Cancel("idle");
        }
    }

    private sealed record IdleFor;

    private sealed record NothingUnderWay;

    private sealed record Tidy;

    private sealed record OrphansRemoved(ImmutableArray<string> Errors);
}
