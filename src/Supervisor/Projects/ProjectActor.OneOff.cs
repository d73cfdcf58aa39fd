using System.Threading.Channels;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Projects;

/// <summary>Containers of <c>run --rm</c> go when they have ended, whether or not anybody still waits for them.</summary>
internal sealed partial class ProjectActor
{
    private readonly HashSet<string> ending = new(StringComparer.Ordinal);

    /// <param name="recovered">This is how it was found: one that was made and not started will not be, for who was to start it has been broken off.</param>
    private void RemoveIfEnded(ContainerState state, bool recovered)
    {
        // With others, one request at a time: the run that has started it must first be over.
        if (state.Spec is { AutoRemove: true } spec && (state.Phase == ContainerPhase.Exited || (recovered && state.Phase == ContainerPhase.Created)) && ending.Add(spec.Id))
        {
            Self.Tell(new RemoveEnded(name, Channel.CreateUnbounded<ControlLine>().Writer, spec), Self);
        }
    }
}
