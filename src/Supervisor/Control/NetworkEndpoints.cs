using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for networks.</summary>
/// <param name="run">Streams what the work has to say, and how it ended.</param>
internal sealed class NetworkEndpoints(IActorRef supervisor, Func<HttpContext, Func<ChannelWriter<ControlLine>, Task<Outcome>>, Task> run)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task ListAsync(HttpContext http) => await ControlReplies.JsonAsync(
        http, [.. (await KnownAsync().ConfigureAwait(false)).Select(NetworkViews.Of)], ControlJson.Default.ImmutableArrayNetworkView).ConfigureAwait(false);

    public async Task CreateAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.CreateNetworkRequest).ConfigureAwait(false);
        var network = request.ToNetwork();
        await run(http, async output =>
        {
            if (ResourceRules.Refusal(network, request.Name, await KnownAsync().ConfigureAwait(false)) is { } refusal)
            {
                return Outcome.Failure(refusal);
            }

            var spec = NetworkSpecs.Of(network, request.Name, NewId.Make);
            var answer = await supervisor.Ask<NetworkAnswer>(reply => new CreateNetwork(0, spec, reply), QueryTimeout, default).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                return Outcome.Failure(error);
            }

            output.TryWrite(new ControlLine(new Progress("Network", request.Name, "Created", spec.Id, Done: true)));
            return new Outcome([], [.. NetworkSpecs.WithoutEffect(network).Select(option => $"network {request.Name}: driver option {option} has no effect")]);
        }).ConfigureAwait(false);
    }

    public async Task RemoveAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveRequest).ConfigureAwait(false);
        await run(http, output => RemoveAsync(request.Names, request.Force, output)).ConfigureAwait(false);
    }

    public Task PruneAsync(HttpContext http) => run(http, async output =>
    {
        var unused = (await KnownAsync().ConfigureAwait(false)).Where(n => n.Leases.IsEmpty).Select(n => n.Spec!.Name);
        return await RemoveAsync([.. unused], force: true, output).ConfigureAwait(false);
    });

    private Task<ImmutableArray<NetworkState>> KnownAsync() => supervisor.Ask<ImmutableArray<NetworkState>>(new GetNetworks(), QueryTimeout);

    private async Task<Outcome> RemoveAsync(ImmutableArray<string> names, bool force, ChannelWriter<ControlLine> output)
    {
        var known = await KnownAsync().ConfigureAwait(false);
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            var network = ResourceRules.Find(known, name);
            var answer = ResourceRules.InUse(name, network) is { } refusal
                ? new NetworkAnswer(0, name, refusal)
                : await supervisor.Ask<NetworkAnswer>(reply => new RemoveNetwork(0, network?.Spec!.Name ?? name, "network rm", reply), QueryTimeout, default).ConfigureAwait(false);
            if (answer.Error is { } error && !(force && !answer.Changed))
            {
                errors.Add(error);
            }
            else
            {
                output.TryWrite(new ControlLine(new Progress("Network", name, "Removed", Done: true)));
            }
        }

        return new Outcome(errors.ToImmutable(), []);
    }
}
