using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The route that tells where the files of a project's containers are.</summary>
internal sealed class ContainerFilesEndpoint(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task ListAsync(HttpContext http, string project)
    {
        var states = await supervisor.Ask<ImmutableArray<ContainerState>>(new GetContainerStates(project), QueryTimeout).ConfigureAwait(false);
        var volumes = (await supervisor.Ask<ImmutableArray<VolumeState>>(new GetVolumes(), QueryTimeout).ConfigureAwait(false)).ToDictionary(volume => volume.Spec!.Name);
        await ControlReplies.JsonAsync(
            http,
            [.. states.OrderBy(state => state.Spec!.Service, StringComparer.Ordinal).ThenBy(state => state.Spec!.Number).Select(state => View(state, volumes))],
            ControlJson.Default.ImmutableArrayContainerFilesView).ConfigureAwait(false);
    }

    private ContainerFilesView View(ContainerState state, Dictionary<string, VolumeState> volumes)
    {
        var spec = state.Spec!;
        var runs = state.Phase is ContainerPhase.Running or ContainerPhase.Stopping;
        return new ContainerFilesView(
            spec.Id,
            spec.Name,
            spec.Service,
            spec.Number,
            runs && state.Process is { } process ? new FirstProcessView(process.Pid, process.StartTime, process.BootId) : null,
            environment.Images.Find(spec.ImageId)?.LayerDirectories ?? [],
            environment.Root.Bundle(spec.Id),
            spec.ReadOnly,
            [.. spec.Mounts.Where(mount => mount.Kind != MountKind.Tmpfs).Select(mount => new ContainerMountView(PathOf(mount, volumes), mount.Target, mount.ReadOnly))]);
    }

    private static string? PathOf(MountSpec mount, Dictionary<string, VolumeState> volumes)
    {
        if (mount.Kind == MountKind.Bind)
        {
            return mount.Source;
        }

        return volumes.GetValueOrDefault(mount.Source) is not { Spec: { } volume } state || (volume.Kind == VolumeKind.Typed && state.Phase != VolumePhase.Mounted) ? null
            : mount.Subpath is null ? volume.Path : $"{volume.Path}/{mount.Subpath}";
    }
}
