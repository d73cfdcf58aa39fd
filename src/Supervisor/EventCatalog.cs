using Devoxx.Native.Processes;
using Devoxx.Supervisor.Cgroups;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Networks.Names;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor;

/// <summary>Every kind of payload in the journal; docs/events.md explains each.</summary>
public static class EventCatalog
{
    public static EventTypes Types { get; } = Make();

    private static EventTypes Make()
    {
        var types = new EventTypes();
        AddContainer(types, ContainerEventJson.Default);
        AddCgroup(types, CgroupEventJson.Default);
        AddVolume(types, VolumeEventJson.Default);
        AddProject(types, ProjectEventJson.Default);
        AddNetwork(types, NetworkEventJson.Default);
        return types
            .Add("projects.registered.v1", ProjectsEventJson.Default.ProjectRegistered, e => e.Name)
            .AddState("projects.state.v1", ProjectsEventJson.Default.ProjectsState)
            .Add("volumes.registered.v1", VolumesEventJson.Default.VolumeRegistered, e => e.Name)
            .Add("volumes.forgotten.v1", VolumesEventJson.Default.VolumeForgotten, e => e.Name)
            .AddState("volumes.state.v1", VolumesEventJson.Default.VolumesState)
            .Add("networks.registered.v1", NetworksEventJson.Default.NetworkRegistered, e => e.Name)
            .Add("networks.forgotten.v1", NetworksEventJson.Default.NetworkForgotten, e => e.Name)
            .AddState("networks.state.v1", NetworksEventJson.Default.NetworksState)
            .Add("resolver.started.v1", ResolverEventJson.Default.ResolverStarted, e => $"pid {e.Process.Pid}")
            .Add("resolver.ended.v1", ResolverEventJson.Default.ResolverEnded, e => $"pid {e.Pid}: {e.Cause}")
            .AddState("resolver.state.v1", ResolverEventJson.Default.ResolverState);
    }

    private static void AddContainer(EventTypes types, ContainerEventJson json) => types
        .Add("container.created.v1", json.ContainerCreated, e => $"{e.Spec.Image} ({e.Cause})")
        .Add("container.start-requested.v1", json.ContainerStartRequested, e =>
            $"run {e.Run}{(e.StartedBy is { } starter ? " by " + InWords.Starter(starter) : "")}: {e.Cause}" + (e.Attempt > 0 ? $", attempt {e.Attempt}" : ""))
        .Add("container.waiting.v1", json.ContainerWaiting, e => $"{e.Reason} ({e.Cause}{(e.Attempt > 0 ? $", attempt {e.Attempt}" : "")})")
        .Add("container.started.v1", json.ContainerStarted, e => $"run {e.Run}, pid {e.Pid}")
        .Add("container.start-failed.v1", json.ContainerStartFailed, e => $"run {e.Run}: {e.Error}")
        .Add("container.hook-requested.v1", json.ContainerHookRequested, e => $"{InWords.Hook(e.Stage, e.Index)}: {string.Join(' ', e.Command)}")
        .Add("container.hook-ended.v1", json.ContainerHookEnded, e => $"{InWords.Hook(e.Stage, e.Index)}: " + (
            e.Error is { } error ? $"could not be run: {error}"
            : e.TimedOut ? "took too long and was killed"
            : e.ExitCode is { } code ? $"exit code {code}" : "nobody saw it end"))
        .Add("container.stop-requested.v1", json.ContainerStopRequested, e =>
            $"{e.Cause}: {Signal.Name(e.Signal)}" + (e.Signal == 9 ? "" : $", then SIGKILL after {InWords.Span(e.Grace)}"))
        .Add("container.signalled.v1", json.ContainerSignalled, e => $"{Signal.Name(e.Signal)}: {e.Cause}")
        .Add("container.health-changed.v1", json.ContainerHealthChanged, e => $"{InWords.Health(e.Status)}: {e.Reason}")
        .Add("container.paused.v1", json.ContainerPaused, e => e.Cause)
        .Add("container.unpaused.v1", json.ContainerUnpaused, e => e.Cause)
        .Add("container.notified.v1", json.ContainerNotified, e => e.State + (e.Status is { Length: > 0 } status ? $": {status}" : ""))
        .Add("container.end-requested.v1", json.ContainerEndRequested, e =>
            $"{e.Reason}: {Signal.Name(e.Signal)}, then SIGKILL after {InWords.Span(e.Grace)}")
        .Add("container.exited.v1", json.ContainerExited, e =>
            $"exit code {e.ExitCode}" + (e.Signal is { } s ? $" ({Signal.Name(s)})" : "") + $" after {InWords.Span(e.Duration)}: {e.Cause}")
        .Add("container.restart-scheduled.v1", json.ContainerRestartScheduled, e =>
            $"attempt {e.Attempt}" + (e.MaxAttempts is { } most ? $" of {most}" : "") + $" in {InWords.Span(e.Delay)}")
        .Add("container.gave-up.v1", json.ContainerGaveUp, e => e.Reason)
        .Add("container.renamed.v1", json.ContainerRenamed, e => $"to {e.Name}: {e.Cause}")
        .Add("container.remove-requested.v1", json.ContainerRemoveRequested, e => e.Cause)
        .Add("container.removed.v1", json.ContainerRemoved, _ => "")
        .AddState("container.state.v1", json.ContainerState);

    private static void AddCgroup(EventTypes types, CgroupEventJson json) => types
        .Add("cgroup.create-requested.v1", json.CgroupCreateRequested, e => e.Path)
        .Add("cgroup.created.v1", json.CgroupCreated, _ => "")
        .Add("cgroup.oom-killed.v1", json.CgroupOomKilled, e => $"the kernel has killed {e.OomKills} time{(e.OomKills == 1 ? "" : "s")} in this run for want of memory")
        .Add("cgroup.freeze-requested.v1", json.CgroupFreezeRequested, e => $"{(e.Frozen ? "freeze" : "thaw")}: {e.Cause}")
        .Add("cgroup.frozen.v1", json.CgroupFrozen, e => e.Frozen ? "frozen" : "thawed")
        .Add("cgroup.not-frozen.v1", json.CgroupNotFrozen, e => e.Error)
        .Add("cgroup.remove-requested.v1", json.CgroupRemoveRequested, _ => "")
        .Add("cgroup.removed.v1", json.CgroupRemoved, e => e.Usage.MemoryPeak is { } peak ? $"memory peak {InWords.Bytes(peak)}" : "")
        .AddState("cgroup.state.v1", json.CgroupState);

    private static void AddVolume(EventTypes types, VolumeEventJson json) => types
        .Add("volume.create-requested.v1", json.VolumeCreateRequested, e => e.Spec.Path)
        .Add("volume.created.v1", json.VolumeCreated, _ => "")
        .Add("volume.not-created.v1", json.VolumeNotCreated, e => e.Error)
        .Add("volume.mount-requested.v1", json.VolumeMountRequested, e => $"{e.Source} on {e.Target} type {e.FsType} ({e.Options})")
        .Add("volume.mounted.v1", json.VolumeMounted, _ => "")
        .Add("volume.attached.v1", json.VolumeAttached, e => $"by container {e.ContainerId[..12]}")
        .Add("volume.populated.v1", json.VolumePopulated, e => $"with {e.ImagePath} of the image")
        .Add("volume.detached.v1", json.VolumeDetached, e => $"by container {e.ContainerId[..12]}")
        .Add("volume.unmount-requested.v1", json.VolumeUnmountRequested, e => e.Target)
        .Add("volume.unmounted.v1", json.VolumeUnmounted, e => e.Lazily ?? "")
        .Add("volume.remove-requested.v1", json.VolumeRemoveRequested, e => e.Cause)
        .Add("volume.removed.v1", json.VolumeRemoved, _ => "")
        .AddState("volume.state.v1", json.VolumeState);

    private static void AddNetwork(EventTypes types, NetworkEventJson json) => types
        .Add("network.create-requested.v1", json.NetworkCreateRequested, e => $"{e.Spec.Link} {string.Join(' ', e.Spec.Subnets.Select(s => s.Subnet))}")
        .Add("network.created.v1", json.NetworkCreated, _ => "")
        .Add("network.attach-requested.v1", json.NetworkAttachRequested, e =>
            $"{e.Lease.ContainerName} as {string.Join(' ', new[] { e.Lease.Ipv4, e.Lease.Ipv6 }.OfType<string>())}")
        .Add("network.attached.v1", json.NetworkAttached, e => $"container {e.ContainerId[..12]}")
        .Add("network.detached.v1", json.NetworkDetached, e => $"container {e.ContainerId[..12]}")
        .Add("network.released.v1", json.NetworkReleased, e => $"container {e.ContainerId[..12]}")
        .Add("network.remove-requested.v1", json.NetworkRemoveRequested, e => e.Cause)
        .Add("network.removed.v1", json.NetworkRemoved, _ => "")
        .AddState("network.state.v1", json.NetworkState);

    private static void AddProject(EventTypes types, ProjectEventJson json) => types
        .Add("project.defined.v1", json.ProjectDefined, e => string.Join(", ", e.ConfigFiles))
        .Add("project.container-added.v1", json.ProjectContainerAdded, e => e.ContainerId[..12])
        .Add("project.container-dropped.v1", json.ProjectContainerDropped, e => e.ContainerId[..12])
        .Add("project.update-begun.v1", json.ServiceUpdateBegun, e => e.Cause)
        .Add("project.update-ended.v1", json.ServiceUpdateEnded, e => InWords.Outcome(e.Outcome) + (e.Reason.Length == 0 ? "" : $": {e.Reason}"))
        .AddState("project.state.v1", json.ProjectState);
}
