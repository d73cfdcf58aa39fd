using Akka.Actor;
using Akka.Event;
using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Runtimes;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Containers;

/// <summary>What a run needs of others (cgroup, root, volumes, networks): asked for before it, let go after it, each time until the last has answered.</summary>
internal sealed partial class ContainerActor
{
    private RunPreparation? gathering;
    private bool releasing;

    /// <summary>Something that the last run held could not be let go: it is tried again before the container is removed.</summary>
    private bool holds;

    private CgroupUsage? usage;

    private string CgroupPath => environment.Root.CgroupOf(State.Spec!);

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

    /// <summary>An answer of a child or a volume: when it was the last awaited, the run goes on, or is over.</summary>
    private void Gathered(object message)
    {
        if (gathering is null)
        {
            return;
        }

        gathering = message switch
        {
            AttachAnswer a when a.Run == gathering.Run && a.Error is null => gathering.Got(a.Name == id ? RunPreparation.Root : a.Name, a.Path),
            AttachAnswer a when a.Run == gathering.Run => gathering.Failed(a.Name == id ? RunPreparation.Root : a.Name, a.Error!),
            DetachAnswer d when d.Run == gathering.Run => d.Error is null ? gathering.Got(d.Name) : gathering.Failed(d.Name, d.Error),
            CgroupReady c when c.Run == gathering.Run => gathering.Got(RunPreparation.Cgroup),
            CgroupFailed c when c.Run == gathering.Run => NotReleased(c),
            CgroupReleased c when c.Run == gathering.Run && releasing => Released(c),
            RuntimeReleased r when r.Run == gathering.Run && releasing =>
                r.Error is null ? gathering.Got(RunPreparation.Runtime) : gathering.Failed(RunPreparation.Runtime, r.Error),
            IContainerNetworkAnswer n when n.Run == gathering.Run => Took(n),
            DonorFound d when d.Run == gathering.Run && !releasing => Took(d),
            _ => gathering,
        };
        if (!gathering.IsComplete)
        {
            return;
        }

        if (releasing)
        {
            FinishRelease();
        }
        else if (gathering.Errors.IsEmpty)
        {
            Do(new ContainerPrepared(gathering.Run));
        }
        else
        {
            Do(new PreparationFailed(gathering.Run, string.Join("; ", gathering.Errors), 125));
        }
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

    /// <summary>A runtime that is not ours keeps nothing of the run any more, or why it may.</summary>
    private sealed record RuntimeReleased(int Run, string? Error);
}
