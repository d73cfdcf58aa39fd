using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devoxx.Images;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Foretelling;

/// <summary>
/// What requests about images, volumes and networks would do, told instead of done. What is in the way is told as the real one would. Pure.
/// </summary>
/// <param name="VolumeUsers">Containers by volume.</param>
/// <param name="ImageUsers">Containers by image id.</param>
/// <param name="Find">The image store.</param>
internal sealed record ForetoldResources(
    ImmutableArray<VolumeState> Volumes,
    ImmutableArray<NetworkState> Networks,
    ILookup<string, string> VolumeUsers,
    ILookup<string, string> ImageUsers,
    Func<string, StoredImage?> Find)
{
    /// <returns>Null when the request is of another kind: then it must not be done either.</returns>
    /// <exception cref="JsonException">The body is not what the path takes.</exception>
    public ImmutableArray<ControlLine>? Of(string path, ReadOnlySpan<byte> body) => path switch
    {
        ControlRoutes.VolumeRemove => RemoveVolumes(Read(body, ControlJson.Default.RemoveRequest)),
        ControlRoutes.VolumePrune => PruneVolumes(Read(body, ControlJson.Default.PruneRequest)),
        ControlRoutes.VolumeCreate => CreateVolume(Read(body, ControlJson.Default.CreateVolumeRequest)),
        ControlRoutes.NetworkCreate => CreateNetwork(Read(body, ControlJson.Default.CreateNetworkRequest)),
        ControlRoutes.NetworkRemove => RemoveNetworks(Read(body, ControlJson.Default.RemoveRequest)),
        ControlRoutes.NetworkPrune => PruneNetworks(),
        ControlRoutes.ImageRemove => RemoveImages(Read(body, ControlJson.Default.RemoveRequest)),
        ControlRoutes.ImagePull => Transfer(Read(body, ControlJson.Default.PullImagesRequest), "pull"),
        ControlRoutes.ImagePush => Transfer(Read(body, ControlJson.Default.PullImagesRequest), "push"),
        ControlRoutes.ImageTag => Tag(Read(body, ControlJson.Default.TagImageRequest)),
        _ => null,
    };

    private ImmutableArray<ControlLine> RemoveVolumes(RemoveRequest request) => Tell("remove", "volume", "volume rm", request.Names, name =>
        ResourceRules.InUse(name, VolumeUsers) is { } refusal ? refusal
        : request.Force || Volumes.Any(v => v.Spec!.Name == name) ? null : $"no such volume: {name}");

    private ImmutableArray<ControlLine> PruneVolumes(PruneRequest request) => Tell(
        "remove", "volume", "volume prune", VolumeEndpoints.Unused(Volumes, VolumeUsers, request.All), static _ => null);

    private ImmutableArray<ControlLine> CreateVolume(CreateVolumeRequest request) => Tell(
        "create", "volume", "volume create", [request.Name ?? "(a name that is made up)"],
        _ => ResourceRules.Refusal(request.ToVolume(), request.Name ?? NewId.Make()));

    private ImmutableArray<ControlLine> CreateNetwork(CreateNetworkRequest request) => Tell("create", "network", "network create", [request.Name], name =>
        ResourceRules.Refusal(request.ToNetwork(), name, Networks));

    private ImmutableArray<ControlLine> RemoveNetworks(RemoveRequest request) => Tell("remove", "network", "network rm", request.Names, name =>
        ResourceRules.Find(Networks, name) is { } network ? ResourceRules.InUse(name, network)
        : request.Force ? null : $"no such network: {name}");

    private ImmutableArray<ControlLine> PruneNetworks() => Tell(
        "remove", "network", "network prune", [.. Networks.Where(n => n.Leases.IsEmpty).Select(n => n.Spec!.Name)], static _ => null);

    private ImmutableArray<ControlLine> RemoveImages(RemoveRequest request) => Tell("remove", "image", "image rm", request.Names, name =>
        Find(name) is not { } image ? $"no such image: {name}"
        : !request.Force && ImageUsers[image.Id].FirstOrDefault() is { } user ? $"image {name} is used by container {user}" : null);

    private ImmutableArray<ControlLine> Transfer(PullImagesRequest request, string action) => Tell(action, "image", "image " + action, request.Images, name =>
        !ImageReference.TryParse(name, out _, out var error) ? $"{name} is not an image reference: {error}"
        : action == "push" && Find(name) is null ? $"no such image: {name}" : null);

    private ImmutableArray<ControlLine> Tag(TagImageRequest request) => Tell("tag", "image", $"one more name of {request.Image}", [request.Name], name =>
        Find(request.Image) is null ? $"no such image: {request.Image}"
        : ImageReference.TryParse(name, out _, out var error) ? null : $"{name} is not an image reference: {error}");

    /// <param name="refuse">Why a thing of this name cannot be had; null: it can.</param>
    private static ImmutableArray<ControlLine> Tell(string action, string kind, string cause, ImmutableArray<string> names, Func<string, string?> refuse)
    {
        var told = names.Select(name => (Name: name, Error: refuse(name))).ToList();
        return
        [
            new ControlLine(Plan: new PlanView(
                [.. told.Where(t => t.Error is null).Select((t, index) => new PlannedStep(index + 1, action, kind, t.Name, cause, []))], [])),
            new ControlLine(Outcome: new Outcome([.. told.Select(t => t.Error).OfType<string>()], [])),
        ];
    }

    private static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(body, type) ?? throw new JsonException("the request has no body");
}
