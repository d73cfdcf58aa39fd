using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// One replica of a service: its life, its restarts, its end. What it decides stands in <see cref="ContainerDecisions"/>;
/// this is when it listens to what. How effects are carried out stands in ContainerActor.Effects.cs.
/// </summary>
internal sealed partial class ContainerActor : EventSourcedActor<ContainerState, IContainerEvent, IContainerEffect>, IWithTimers
{
    private readonly string id;
    private readonly Subject subject;
    private readonly SupervisorEnvironment environment;
    private ExitRecord? exitRecord;
    private RunEvidence? evidence;
    private PidFd? monitor;

    /// <summary>Cancelled: the monitor that has not yet said whether the command runs is killed.</summary>
    private CancellationTokenSource? launching;
    private bool recovering;
    private bool reaping;
    private bool removalFailed;

    /// <summary>How many processes the kernel has killed in a run that went on.</summary>
    private (int Run, int Kills) memoryKills;

    public ContainerActor(string id, Subject subject, SupervisorEnvironment environment)
        : base("container-" + id, ContainerState.Initial)
    {
        this.id = id;
        this.subject = subject;
        this.environment = environment;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override string? Doing => State.Phase switch
    {
        _ when recovering => "looks whether it runs",
        ContainerPhase.Starting => "starts",
        ContainerPhase.Stopping => "stops",
        ContainerPhase.Running when State.Ending is not null => "is being ended",
        ContainerPhase.Removing when !removalFailed => "is being removed",
        _ when releasing || reaping => "has ended, and what its run held is let go",
        _ when freezeOrders.Count > 0 => "is being paused or unpaused",
        _ => null,
    };

    protected override IEnumerable<IActorRef> Subordinates => new[] { "cgroup", "root" }.Select(name => Context.Child(name)).Where(child => !child.IsNobody());

    protected override ContainerState Apply(ContainerState state, IContainerEvent @event) => state.Apply(@event);

    protected override void OnChanged()
    {
        TellChanged();
        Become(State.Phase switch
        {
            ContainerPhase.Starting => Starting,
            ContainerPhase.Running => Running,
            ContainerPhase.Stopping when State.Process is null => Starting,
            ContainerPhase.Stopping => Running,
            _ => OnCommand,
        });
    }

    private void TellChanged()
    {
        Context.Parent.Tell(new ContainerChanged(id, State, recovering, memoryKills.Run == State.Run && State.Process is not null ? memoryKills.Kills : 0));
        recovering = false;
    }

    protected override void PostStop()
    {
        CloseNotifications();
        Launched();
        monitor?.Dispose();
        base.PostStop();
    }

    /// <summary>Nothing runs (created, exited, backing off, waiting for dependencies, removing). Left by a start for <see cref="Starting"/>.</summary>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case VolumeAnswer { Error: null }:
                Do(new ContainerFilesRemoved());
                break;
            case VolumeAnswer answer:
                removalFailed = true;
                Do(new ContainerFilesNotRemoved(answer.Error!));
                break;
            case AttachAnswer or DetachAnswer or CgroupReady or CgroupFailed or CgroupReleased or RuntimeReleased or IContainerNetworkAnswer or DonorFound:
                Gathered(message);
                break;
            case StartContainer or BackOffElapsed or DependenciesChanged when releasing:
                // What the last run holds and what the next one takes are the same cgroup, interfaces and volumes.
                Stash.Stash();
                break;
            case StartDue:
                // Its siblings are the parent's business: it says whether those it depends on are ready.
                Context.Parent.Tell(message);
                break;
            default:
                Command(message);
                break;
        }
    }

    /// <summary>
    /// Root, cgroup and volumes are being made ready, then the monitor is started. Left for <see cref="Running"/>, or for
    /// <see cref="OnCommand"/> when it fails.
    /// </summary>
    private void Starting(object message)
    {
        switch (message)
        {
            case AttachAnswer or CgroupReady or CgroupFailed or CgroupReleased or RuntimeReleased or DetachAnswer or IContainerNetworkAnswer or DonorFound:
                Gathered(message);
                break;
            case MonitorOutcome { Process: { } process } outcome:
                Launched();
                monitor = outcome.PidFd;
                Do(new MonitorStarted(State.Run, process) { Connections = network.Connections });
                break;
            case MonitorOutcome outcome:
                Launched();
                Do(new PreparationFailed(State.Run, outcome.Error!, outcome.ExitCode));
                break;
            case MonitorGone:
                BeginReaping();
                break;
            case ObservedRun observed:
                Observed(observed);
                break;
            default:
                Command(message);
                break;
        }
    }

    /// <summary>The command runs, perhaps being stopped. Left for <see cref="Reaping"/> when its monitor is gone.</summary>
    private void Running(object message)
    {
        switch (message)
        {
            case MonitorGone gone when gone.Run == State.Run:
                BeginReaping();
                break;
            case ObservedRun observed:
                Observed(observed);
                break;
            case Notification notification:
                Hear(notification);
                break;
            case CgroupLostProcesses lost:
                // The first process may be among them: then the end of the run, which comes at once, says so.
                Later("memory", PatienceWithEnd, new ProcessesLost(lost.Run, lost.OomKills));
                break;
            case ProcessesLost lost when lost.Run == State.Run:
                memoryKills = (lost.Run, lost.Kills);
                TellChanged();
                break;
            case MonitorSilent silent when silent.Run == State.Run:
                KillMonitor();
                break;
            case FirstProcessGone gone when gone.Run == State.Run && State.Process is not null:
                AwaitMonitor(gone);
                break;
            case FirstProcessGone:
                break;
            case ProbeDue due:
                Probe(due.Run);
                break;
            case ProbeEnded ended:
                Probed(ended);
                break;
            case StopSignalDue due when State.Process is { } process && due.Run == State.Run:
                // Sent again first: a handler set meanwhile has not seen the one that was dropped.
                Send(due.Signal);
                if (!StopSignals.IsHandled(process.Pid, due.Signal))
                {
                    Do(new StopSignalDropped(due.Run, due.Signal));
                }

                break;
            default:
                Command(message);
                break;
        }
    }

    /// <summary>
    /// The run is over: its exit record is read, its cgroup counted and removed, its volumes let go. Orders wait meanwhile.
    /// Left for <see cref="OnCommand"/>, or <see cref="Starting"/> again.
    /// </summary>
    private void Reaping(object message)
    {
        switch (message)
        {
            case ExitRecordRead read:
                exitRecord = read.Record;
                evidence = RunEvidence.Of(probing.Results, read.LastLines);
                ReleaseAll();
                break;
            case DetachAnswer or CgroupReleased or RuntimeReleased or CgroupFailed or IContainerNetworkAnswer:
                Gathered(message);
                break;
            case IContainerCommand and not (GraceElapsed or WatchdogElapsed or NotificationReceived or HookFinished):
                Stash.Stash();
                break;
            default:
                if (message is not (GraceElapsed or HookFinished or CgroupLostProcesses or ProcessesLost or FirstProcessGone) && !IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    private void Command(object message)
    {
        if (message is IContainerCommand command)
        {
            Do(command);
        }
        else if (message is not (CgroupLostProcesses or ProcessesLost or FirstProcessGone) && !IsSnapshotNotice(message))
        {
            Unhandled(message);
        }
    }

    private void Launched()
    {
        LetGoOfNamespaces();
        launching?.Dispose();
        launching = null;
    }

    private void Do(IContainerCommand command) => Carry(ContainerDecisions.Decide(State, command, environment.Now));

    private void BeginReaping()
    {
        Timers.CancelAll();
        CloseNotifications();
        EndHooks();
        reaping = true;
        Become(Reaping);
        var (root, bundle, process, since, self) = (environment.Root, environment.Root.Bundle(id), State.Process, State.StartRequestedAt, Self);
        environment.Kernel.Run(() =>
            {
                // A monitor takes it along when it leaves; one that was killed could not.
                MonitorProcess.Clear(root, id, search: false);
                var record = MonitorProcess.ReadExit(bundle, process, since);
                return new ExitRecordRead(record, RunEvidence.ReadLastLines(bundle + "/log", record is null ? since : record.Since(since)));
            })
            .PipeTo(self, failure: _ => new ExitRecordRead(null, []));
    }

    /// <summary>The monitor's process has ended.</summary>
    private sealed record MonitorGone(int Run);

    /// <summary>The kernel has killed processes of a run that goes on.</summary>
    private sealed record ProcessesLost(int Run, int Kills);

    private sealed record ExitRecordRead(ExitRecord? Record, ImmutableArray<string> LastLines);

    /// <summary>What recovery has seen of the run that the journal says is under way.</summary>
    private sealed record ObservedRun(RunningProcess? Process, PidFd? Monitor, ExitRecord? Exit);
}
