using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Images;
using Devoxx.Images.Instructions;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Projects;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>
/// The route that makes an image of a container's changes. They are read from the host's side of the overlay, where nothing that the container has mounted can keep a reader
/// waiting; and here, so that the container goes on even when whoever asked is killed.
/// </summary>
internal sealed class CommitEndpoint(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task CommitAsync(HttpContext http, string project)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.CommitRequest).ConfigureAwait(false);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = http.RequestAborted;
        try
        {
            await ResourceEndpoints.RunAsync(http, async output =>
            {
                try
                {
                    return await CommitAsync(project, request, output, gone).ConfigureAwait(false);
                }
                finally
                {
                    over.SetResult();
                }
            }).ConfigureAwait(false);
        }
        finally
        {
            // Also when nobody listens any more: the container is to go on.
            await over.Task.ConfigureAwait(false);
        }
    }

    private async Task<Outcome> CommitAsync(string project, CommitRequest request, ChannelWriter<ControlLine> output, CancellationToken cancellation)
    {
        var states = await supervisor.Ask<ImmutableArray<ContainerState>>(new GetContainerStates(project), QueryTimeout, CancellationToken.None).ConfigureAwait(false);
        if (states.FirstOrDefault(state => state.Spec!.Id == request.Container) is not { Spec: { } spec } state)
        {
            return Outcome.Failure("the container has just been removed");
        }

        // Before anything is stopped: a typo is to cost nothing.
        var reference = request.Reference is null ? null : ImageReference.Parse(request.Reference);
        if (reference?.Digest is not null)
        {
            return Outcome.Failure($"{request.Reference}: the digest of an image is not chosen; name it with a tag");
        }

        var image = environment.Images.Find(spec.ImageId) ?? throw new ImageNotFoundException(spec.ImageId);
        var config = ImageInstructions.Apply(
            CommittedConfig.Of(spec, image.Config.Config ?? new Oci.ImageConfig()), request.Changes.IsDefault ? [] : request.Changes);
        var options = new CommitOptions(config, string.Join(' ', spec.Arguments), request.Author, request.Message);
        output.TryWrite(new ControlLine(new Progress("Container", spec.Name, "Committing")));
        var held = request.Pause && state is { Phase: ContainerPhase.Running, Paused: false };
        ImmutableArray<string> warnings = [];
        StoredImage made;
        try
        {
            if (held && await HoldAsync(project, spec.Id, hold: true).ConfigureAwait(false) is { IsEmpty: false } errors)
            {
                return new Outcome(errors.Add("say --pause=false to commit it while it runs"), []);
            }

            made = await environment.Images.CommitAsync(image.Id, environment.Root.Bundle(spec.Id) + "/upper", options, reference, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (held)
            {
                warnings = await HoldAsync(project, spec.Id, hold: false).ConfigureAwait(false);
            }
        }

        output.TryWrite(new ControlLine(new Progress("Container", spec.Name, "Committed", made.Id, Done: true)));
        return new Outcome([], warnings);
    }

    /// <returns>Why it could not be done; nothing when it could, or the container has ended meanwhile.</returns>
    private async Task<ImmutableArray<string>> HoldAsync(string project, string id, bool hold)
    {
        var lines = Channel.CreateUnbounded<ControlLine>();
        supervisor.Tell(new HoldContainer(project, lines.Writer, id, hold, ContainerPausing.CommitCause));
        await foreach (var line in lines.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (line.Outcome is { } outcome)
            {
                return outcome.Errors;
            }
        }

        return [];
    }
}
