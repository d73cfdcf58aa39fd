using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for volumes.</summary>
/// <param name="run">Streams what the work has to say, and how it ended.</param>
internal sealed class VolumeEndpoints(IActorRef supervisor, StateRoot root, Func<HttpContext, Func<ChannelWriter<ControlLine>, Task<Outcome>>, Task> run)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task ListAsync(HttpContext http) => await ControlReplies.JsonAsync(
        http, [.. (await KnownAsync().ConfigureAwait(false)).Select(View)], ControlJson.Default.ImmutableArrayVolumeView).ConfigureAwait(false);

    /// <summary>What is there already with the same options is left as it is, and is no error: as docker has it.</summary>
    public async Task CreateAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.CreateVolumeRequest).ConfigureAwait(false);
        var name = request.Name ?? NewId.Make();
        var volume = request.ToVolume();
        await run(http, async output =>
        {
            if (ResourceRules.Refusal(volume, name) is { } refusal)
            {
                return Outcome.Failure(refusal);
            }

            var answer = await supervisor.Ask<VolumeAnswer>(reply => new CreateVolume(0, VolumeSpecs.Of(volume, name, root), reply), QueryTimeout, default).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                return Outcome.Failure(error);
            }

            output.TryWrite(new ControlLine(new Progress("Volume", name, "Created", Done: true)));
            return Outcome.Success;
        }).ConfigureAwait(false);
    }

    public async Task RemoveAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveRequest).ConfigureAwait(false);
        var users = await UsersAsync().ConfigureAwait(false);
        await run(http, output => RemoveAsync(request.Names, request.Force, users, "volume rm", output)).ConfigureAwait(false);
    }

    public async Task PruneAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.PruneRequest).ConfigureAwait(false);
        var users = await UsersAsync().ConfigureAwait(false);
        var unused = Unused(await KnownAsync().ConfigureAwait(false), users, request.All);
        await run(http, output => RemoveAsync(unused, force: true, users, "volume prune", output)).ConfigureAwait(false);
    }

    /// <summary>What <c>volume prune</c> removes: what no container has, running or not.</summary>
    /// <param name="all">Also those with a name.</param>
    public static ImmutableArray<string> Unused(ImmutableArray<VolumeState> volumes, ILookup<string, string> users, bool all) =>
    [
        .. volumes.Where(v => (all || v.Spec!.Kind == VolumeKind.Anonymous) && v.Attached.IsEmpty && !users.Contains(v.Spec!.Name)).Select(v => v.Spec!.Name),
    ];

    /// <summary>Containers by the volumes they have, running or not.</summary>
    public static ILookup<string, string> Users(ImmutableDictionary<string, ProjectSummary> projects) =>
        projects.Values.SelectMany(p => p.Volumes).ToLookup(v => v.Volume, v => v.Container);

    private async Task<ILookup<string, string>> UsersAsync() =>
        Users(await supervisor.Ask<ImmutableDictionary<string, ProjectSummary>>(new GetProjects(), QueryTimeout).ConfigureAwait(false));

    private async Task<Outcome> RemoveAsync(ImmutableArray<string> names, bool force, ILookup<string, string> users, string cause, ChannelWriter<ControlLine> output)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            var answer = ResourceRules.InUse(name, users) is { } refusal
                ? new VolumeAnswer(0, name, refusal)
                : await supervisor.Ask<VolumeAnswer>(reply => new RemoveVolume(0, name, cause, reply), QueryTimeout, default).ConfigureAwait(false);
            if (answer.Error is { } error && !(force && !answer.Changed))
            {
                errors.Add(error);
            }
            else
            {
                output.TryWrite(new ControlLine(new Progress("Volume", name, "Removed", Done: true)));
            }
        }

        return new Outcome(errors.ToImmutable(), []);
    }

    private Task<ImmutableArray<VolumeState>> KnownAsync() => supervisor.Ask<ImmutableArray<VolumeState>>(new GetVolumes(), QueryTimeout);

    private static VolumeView View(VolumeState state) => new(
        state.Spec!.Name,
        "local",
        state.Spec.Path,
        state.Spec.Kind == VolumeKind.Anonymous,
        state.Phase == VolumePhase.Mounted,
        state.CreatedAt,
        state.Spec.Project,
        state.Spec.Labels,
        state.Spec.Options,
        [.. state.Attached]);
}
