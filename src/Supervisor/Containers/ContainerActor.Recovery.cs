using Akka.Actor;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a container does when it comes back from the journal: look first, then go on where it stood.</summary>
internal sealed partial class ContainerActor
{
    protected override void OnRecovered()
    {
        recovering = true;
        switch (State.Phase)
        {
            case ContainerPhase.None or ContainerPhase.Removed:
                Settled();
                break;
            case ContainerPhase.Starting or ContainerPhase.Running or ContainerPhase.Stopping:
                Become(State.Process is null ? Starting : Running);
                Observe();
                break;
            default:
                // A crash may have come between the end of the run and what was held for it.
                if (State.Run > 0)
                {
                    ReleaseAll();
                }

                Carry(ContainerDecisions.Resume(State, environment.Now));
                Settled();
                break;
        }
    }

    private void Observe()
    {
        var (root, known, since, self, spec) = (environment.Root, State.Process, State.StartRequestedAt, Self, State.Spec!);
        environment.Kernel.Run(() =>
        {
            var process = known ?? MonitorProcess.FindLive(root, id);
            var adopted = process is null ? null : MonitorProcess.Adopt(process);
            if (adopted is not null)
            {
                return new ObservedRun(process, adopted, null);
            }

            // A monitor that had not yet said what it is would make the container a second time.
            MonitorProcess.Clear(root, id, search: known is null);
            var exit = MonitorProcess.ReadExit(root.Bundle(id), known, since);
            if (known is null && exit is null)
            {
                // It will be prepared anew: what another runtime had begun to make is in the way.
                ForeignState.Delete(root, spec);
            }

            return new ObservedRun(null, null, exit);
        }).PipeTo(self, failure: _ => new ObservedRun(null, null, null));
    }

    private void Observed(ObservedRun observed)
    {
        monitor = observed.Monitor;
        if (observed.Process is { } process)
        {
            Child("cgroup").Tell(new WatchCgroup(State.Run, CgroupPath, State.Spec!.Limits));
            Do(State.Process is null ? new MonitorStarted(State.Run, process) : new FoundRunning());
        }
        else if (State.Process is not null || observed.Exit is not null)
        {
            // Settled when its end is in the journal: who asks then is told how it is, not how it was.
            BeginReaping();
            return;
        }
        else if (State.Phase == ContainerPhase.Stopping)
        {
            Do(new ContainerPrepared(State.Run));
        }
        else
        {
            // Asked for, but never run: what is half made is made whole, and the run goes on.
            Prepare(State.Run);
        }

        Settled();
    }

    private void Settled()
    {
        if (recovering)
        {
            TellChanged();
        }
    }
}
