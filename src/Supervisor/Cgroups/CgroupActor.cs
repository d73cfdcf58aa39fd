using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Cgroups;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>
/// Owns the cgroup of one container, made anew for each run so that every counter is the run's own. One change of the
/// kernel at a time: while it is under way, commands wait.
/// </summary>
internal sealed class CgroupActor(string containerId, Subject subject, SupervisorEnvironment environment)
    : EventSourcedActor<CgroupState, ICgroupEvent, ICgroupEffect>("cgroup-" + containerId, CgroupState.Initial)
{
    /// <summary>Between two looks at the counter: what forks and dies for memory all the time must not fill the journal.</summary>
    private static readonly TimeSpan TimeBetweenKills = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? watching;
    private bool changing;

    protected override string? Doing => changing ? "is being made, frozen, thawed or removed" : null;

    protected override CgroupState Apply(CgroupState state, ICgroupEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
    }

    protected override void PostStop()
    {
        StopWatching();
        base.PostStop();
    }

    /// <summary>Nothing is under way. Left for <see cref="Changing"/> by making, freezing or removing.</summary>
    protected override void OnCommand(object message)
    {
        if (message is ICgroupCommand command)
        {
            Carry(CgroupDecisions.Decide(State, command, subject, environment.Now));
        }
        else if (!IsSnapshotNotice(message))
        {
            Unhandled(message);
        }
    }

    /// <summary>The kernel is making, freezing or removing it. Left when that has come out.</summary>
    private void Changing(object message)
    {
        switch (message)
        {
            case CgroupMade or CgroupNotMade or CgroupGone or CgroupNotGone or CgroupFreezeDone or CgroupFreezeFailed:
                changing = false;
                Become(OnCommand);
                Stash.UnstashAll();
                OnCommand(message);
                break;
            case CgroupOomSeen:
                OnCommand(message);
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    protected override void Perform(ICgroupEffect effect)
    {
        var self = Self;
        switch (effect)
        {
            case MakeCgroup make:
                BecomeChanging();
                environment.Kernel.Run(() => CgroupEffects.Make(environment.Cgroups, make))
                    .PipeTo(self, success: _ => new CgroupMade(make.Run), failure: e => new CgroupNotMade(make.Run, e.Message));
                break;
            case RemoveCgroup remove:
                StopWatching();
                BecomeChanging();
                environment.Kernel.Run(() => CgroupEffects.Remove(environment.Cgroups, remove.Path))
                    .PipeTo(self, success: usage => new CgroupGone(remove.Run, usage), failure: e => new CgroupNotGone(remove.Run, e.Message));
                break;
            case WatchOom watch:
                Watch(watch.Run, watch.Path);
                break;
            case SetFrozen set:
                BecomeChanging();
                environment.Kernel.Run(() => CgroupEffects.Freeze(environment.Cgroups, set))
                    .PipeTo(self, success: frozen => new CgroupFreezeDone(set.Run, frozen), failure: e => new CgroupFreezeFailed(set.Run, e.Message));
                break;
            case TellContainer tell:
                Context.Parent.Tell(tell.Message);
                break;
        }
    }

    private void BecomeChanging()
    {
        changing = true;
        Become(Changing);
    }

    private void Watch(int run, string path)
    {
        if (Cgroup.OpenExisting(environment.Cgroups, path) is not { } cgroup)
        {
            return;
        }

        StopWatching();
        watching = new CancellationTokenSource();
        _ = FollowOomAsync(run, cgroup, Self, Context.GetLogger(), watching.Token);
    }

    /// <summary>Until the cgroup is released: each time the kernel says so, reads how many it has killed.</summary>
    private async Task FollowOomAsync(int run, Cgroup cgroup, IActorRef self, ILoggingAdapter log, CancellationToken cancellation)
    {
        try
        {
            using var notification = cgroup.WatchOom();
            if (notification is null)
            {
                return;
            }

            while (true)
            {
                await environment.Reactor.WhenReadable(notification, cancellation).ConfigureAwait(false);
                notification.Drain();
                Look();

                // Version 1 tells before the kernel has killed anybody (mm/memcontrol-v1.c, mem_cgroup_oom): who only looks at once can see none.
                await Task.Delay(TimeBetweenKills, environment.Clock, cancellation).ConfigureAwait(false);
                Look();
            }

            void Look() => self.Tell(new CgroupOomSeen(run, (int)(cgroup.ReadStats().OomKills ?? 0)));
        }
        catch (OperationCanceledException)
        {
            // Released, or the supervisor leaves.
        }
        catch (IOException e)
        {
            log.Warning("cgroup of {0}: out-of-memory kills are counted only at the end: {1}", containerId, e.Message);
        }
    }

    private void StopWatching()
    {
        watching?.Cancel();
        watching?.Dispose();
        watching = null;
    }
}
