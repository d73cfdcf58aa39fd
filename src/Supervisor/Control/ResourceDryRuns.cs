using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Images;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>What requests about images and volumes would do, told instead of done. What is in the way is told as the real one would.</summary>
internal sealed class ResourceDryRuns(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    /// <returns>Null when the request is of another kind: then it must not be done either.</returns>
    public Task? Route(HttpContext http, string path) => path switch
    {
        ControlRoutes.VolumeRemove => RemoveVolumesAsync(http),
        ControlRoutes.NetworkRemove => RemoveNetworksAsync(http),
        ControlRoutes.NetworkPrune => PruneNetworksAsync(http),
        ControlRoutes.ImageRemove => RemoveImagesAsync(http),
        ControlRoutes.ImagePull => TransferAsync(http, "pull"),
        ControlRoutes.ImagePush => TransferAsync(http, "push"),
        ControlRoutes.ImageTag => TagAsync(http),
        _ => null,
    };

    private async Task RemoveVolumesAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveVolumesRequest).ConfigureAwait(false);
        var volumes = await supervisor.Ask<ImmutableArray<VolumeState>>(new GetVolumes(), QueryTimeout).ConfigureAwait(false);
        var users = (await ProjectsAsync().ConfigureAwait(false)).Values.SelectMany(p => p.Volumes).ToLookup(v => v.Volume, v => v.Container);
        await TellAsync(http, "remove", "volume", "volume rm", request.Volumes, name =>
            users[name].FirstOrDefault() is { } user ? $"volume {name} is in use by container {user}"
            : volumes.Any(v => v.Spec!.Name == name) || request.Force ? null : $"no such volume: {name}").ConfigureAwait(false);
    }

    private async Task RemoveNetworksAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveNetworksRequest).ConfigureAwait(false);
        var known = (await NetworksAsync().ConfigureAwait(false)).ToDictionary(n => n.Spec!.Name, StringComparer.Ordinal);
        await TellAsync(http, "remove", "network", "network rm", request.Networks, name =>
            !known.TryGetValue(name, out var network) ? request.Force ? null : $"no such network: {name}"
            : network.Leases.Values.FirstOrDefault() is { } user ? $"network {name} is in use by container {user.ContainerName}" : null).ConfigureAwait(false);
    }

    private async Task PruneNetworksAsync(HttpContext http) => await TellAsync(
        http, "remove", "network", "network prune", [.. (await NetworksAsync().ConfigureAwait(false)).Where(n => n.Leases.IsEmpty).Select(n => n.Spec!.Name)], static _ => null).ConfigureAwait(false);

    private Task<ImmutableArray<NetworkState>> NetworksAsync() => supervisor.Ask<ImmutableArray<NetworkState>>(new GetNetworks(), QueryTimeout);

    private async Task RemoveImagesAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveImagesRequest).ConfigureAwait(false);
        var users = (await ProjectsAsync().ConfigureAwait(false)).Values.SelectMany(p => p.ImageIds).ToLookup(i => i.Value, i => i.Key);
        await TellAsync(http, "remove", "image", "image rm", request.Images, name =>
            environment.Images.Find(name) is not { } image ? $"no such image: {name}"
            : !request.Force && users[image.Id].FirstOrDefault() is { } user ? $"image {name} is used by container {user}" : null).ConfigureAwait(false);
    }

    private async Task TransferAsync(HttpContext http, string action)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.PullImagesRequest).ConfigureAwait(false);
        await TellAsync(http, action, "image", "image " + action, request.Images, name =>
            !ImageReference.TryParse(name, out _, out var error) ? $"{name} is not an image reference: {error}"
            : action == "push" && environment.Images.Find(name) is null ? $"no such image: {name}" : null).ConfigureAwait(false);
    }

    private async Task TagAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.TagImageRequest).ConfigureAwait(false);
        await TellAsync(http, "tag", "image", $"one more name of {request.Image}", [request.Name], name =>
            environment.Images.Find(request.Image) is null ? $"no such image: {request.Image}"
            : ImageReference.TryParse(name, out _, out var error) ? null : $"{name} is not an image reference: {error}").ConfigureAwait(false);
    }

    private Task<ImmutableDictionary<string, ProjectSummary>> ProjectsAsync() =>
        supervisor.Ask<ImmutableDictionary<string, ProjectSummary>>(new GetProjects(), QueryTimeout);

    /// <param name="refuse">Why a thing of this name cannot be had; null: it can.</param>
    private static async Task TellAsync(HttpContext http, string action, string kind, string cause, ImmutableArray<string> names, Func<string, string?> refuse)
    {
        var errors = names.Select(refuse).OfType<string>().ToImmutableArray();
        var output = Channel.CreateUnbounded<ControlLine>();
        output.Writer.TryWrite(new ControlLine(Plan: new PlanView(
            [.. names.Where(name => refuse(name) is null).Select((name, index) => new PlannedStep(index + 1, action, kind, name, cause, []))], [])));
        output.Writer.TryWrite(new ControlLine(Outcome: new Outcome(errors, [])));
        output.Writer.TryComplete();
        await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ControlLine).ConfigureAwait(false);
    }
}
