using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Foretelling;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>Dry runs of requests about images, volumes and networks: gathers what <see cref="ForetoldResources"/> must know.</summary>
internal sealed class ResourceDryRuns(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task RouteAsync(HttpContext http, string path)
    {
        var body = await ControlReplies.ReadBytesAsync(http).ConfigureAwait(false);
        var projects = await supervisor.Ask<ImmutableDictionary<string, ProjectSummary>>(new GetProjects(), QueryTimeout).ConfigureAwait(false);
        var known = new ForetoldResources(
            await supervisor.Ask<ImmutableArray<VolumeState>>(new GetVolumes(), QueryTimeout).ConfigureAwait(false),
            await supervisor.Ask<ImmutableArray<NetworkState>>(new GetNetworks(), QueryTimeout).ConfigureAwait(false),
            VolumeEndpoints.Users(projects),
            projects.Values.SelectMany(p => p.ImageIds).ToLookup(i => i.Value, i => i.Key),
            environment.Images.Find);
        if (known.Of(path, body) is not { } lines)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status400BadRequest, $"{path} has no dry run").ConfigureAwait(false);
            return;
        }

        var output = Channel.CreateUnbounded<ControlLine>();
        foreach (var line in lines)
        {
            output.Writer.TryWrite(line);
        }

        output.Writer.TryComplete();
        await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ControlLine).ConfigureAwait(false);
    }
}
