using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;
using Devoxx.Runtime.Systemd;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Removes what a container leaves: its processes, its cgroup, its state.</summary>
internal static class DeleteRun
{
    public static void Run(Container container, bool force)
    {
        var status = container.Status;
        if (status != ContainerStatus.Stopped && !force && status != ContainerStatus.Created)
        {
            throw new SetupException($"cannot delete container {container.State.Id} that is not stopped: {status}");
        }

        using (var init = container.State.Init.OpenIfAlive())
        {
            if (init is not null)
            {
                init.SendSignal(Signal.Kill);
                if (status == ContainerStatus.Paused)
                {
                    // What version 1 has frozen does not even die.
                    ForeignFreezer.Release(CgroupHost.Detect(), container.State.Pid);
                }

                AwaitEnd(init);
            }
        }

        Failpoint.Reach("delete.killed");
        if (container.OpenCgroup() is { } cgroup && (container.State.OwnsCgroup || !container.HasOwnPids))
        {
            cgroup.Kill();
            if (container.State.OwnsCgroup)
            {
                StopUnit(container.State.SystemdUnit);
                cgroup.Remove();
            }
        }
        else
        {
            StopUnit(container.State.SystemdUnit);
        }

        if (container.State.HostMount is { } root)
        {
            HostMounts.Remove(root);
        }

        Failpoint.Reach("delete.cgroup-removed");
        var hooks = container.State.HasHooks ? container.ReadSpec().Hooks?.Poststop : null;
        container.Directory.Remove();
        Failpoint.Reach("delete.state-removed");
        PostStop(container.State.Id, container.State.Bundle, container.State.Annotations, hooks);
    }

    /// <summary>What a create that was killed half way has left: a directory without state, a cgroup if it had made one, and in that perhaps a process.</summary>
    public static void HalfMade(StateDirectory directory)
    {
        if (CgroupNote.Read(directory) is { } note)
        {
            var cgroup = Cgroup.OpenExisting(CgroupHost.Detect(), (note.Unit is { } unit ? ContainerScope.CgroupOf(unit) : null) ?? note.Path);
            cgroup?.Kill();
            StopUnit(note.Unit);
            cgroup?.Remove();
        }

        directory.Remove();
    }

    private static void StopUnit(string? unit)
    {
        if (unit is not null)
        {
            ContainerScope.Stop(unit);
        }
    }

    /// <summary>The container is gone whatever these do: what fails is told, and the next one goes on (runtime-spec, "Lifecycle").</summary>
    public static void PostStop(string id, string bundle, IReadOnlyDictionary<string, string>? annotations, IReadOnlyList<Hook>? hooks)
    {
        for (var i = 0; i < (hooks?.Count ?? 0); i++)
        {
            try
            {
                HookRun.One("poststop", i, hooks![i], HookRun.State(id, ContainerStatus.Stopped, 0, bundle, annotations));
            }
            catch (SetupException e)
            {
                Failure.Warn(e.Message);
            }
        }
    }

    private static unsafe void AwaitEnd(PidFd process)
    {
        using var epoll = new Monitor.Epoll();
        epoll.Add((int)process.DangerousGetHandle());
        Monitor.Epoll.Event happened;
        const int PatienceMs = 10_000;
        if (epoll.Wait(&happened, 1, PatienceMs) == 0)
        {
            throw new SetupException("the container's first process did not end after SIGKILL");
        }
    }
}
