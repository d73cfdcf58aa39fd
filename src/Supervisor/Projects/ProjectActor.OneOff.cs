using System.Threading.Channels;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Projects;

/// <summary>Containers of <c>run --rm</c> go when they have ended, whether or not anybody still waits for them.</summary>
internal sealed partial class ProjectActor
{
    private readonly HashSet<string> ending = new(StringComparer.Ordinal);

    private void RemoveIfEnded(ContainerState state)
    {
        // With others, one request at a time: the run that has started it must first be over.
        if (state is { Phase: ContainerPhase.Exited, Spec: { AutoRemove: true } spec } && ending.Add(spec.Id))
        {
            Self.Tell(new RemoveEnded(name, Channel.CreateUnbounded<ControlLine>().Writer, spec), Self);
        }
    }
}
