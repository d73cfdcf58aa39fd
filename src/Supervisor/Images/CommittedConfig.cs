using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Images;

/// <summary>The defaults that an image has which is made of a container: those of the container, as the stack file made them. Pure.</summary>
public static class CommittedConfig
{
    /// <summary>Says whose container it was, and is nothing that another container should inherit.</summary>
    private const string ComposeLabels = "com.docker.compose.";

    /// <param name="image">What the container's own image has.</param>
    public static ImageConfig Of(ContainerSpec spec, ImageConfig image)
    {
        // The container knows only both together. With another entrypoint in front, all of it is one.
        var entrypoint = image.Entrypoint ?? [];
        var isImages = spec.Arguments.Take(entrypoint.Count).SequenceEqual(entrypoint);
        return image with
        {
            Entrypoint = isImages ? image.Entrypoint : spec.Arguments,
            Cmd = isImages ? [.. spec.Arguments.Skip(entrypoint.Count)] : null,
            Env = spec.Environment,
            User = spec.User,
            WorkingDir = spec.WorkingDirectory,
            StopSignal = spec.StopSignal == "SIGTERM" ? image.StopSignal : spec.StopSignal,
            Labels = spec.Labels.Where(label => !label.Key.StartsWith(ComposeLabels, StringComparison.Ordinal)).ToDictionary(),
        };
    }
}
