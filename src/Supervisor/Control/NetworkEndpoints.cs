using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Networks;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for networks.</summary>
/// <param name="run">Streams what the work has to say, and how it ended.</param>
internal sealed class NetworkEndpoints(IActorRef supervisor, Func<HttpContext, Func<ChannelWriter<ControlLine>, Task<Outcome>>, Task> run)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task ListAsync(HttpContext http) => await ControlReplies.JsonAsync(
        http, [.. (await KnownAsync().ConfigureAwait(false)).Select(NetworkViews.Of)], ControlJson.Default.ImmutableArrayNetworkView).ConfigureAwait(false);

    public async Task RemoveAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveNetworksRequest).ConfigureAwait(false);
        await run(http, output => RemoveAsync(request.Networks, request.Force, output)).ConfigureAwait(false);
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
            var network = known.FirstOrDefault(n => n.Spec!.Name == name) ?? known.FirstOrDefault(n => name.Length >= 12 && n.Spec!.Id.StartsWith(name, StringComparison.Ordinal));

            // A container that does not run is not connected, but its network would be missing when it starts again.
            var answer = network?.Leases.Values.FirstOrDefault() is { } user
                ? new NetworkAnswer(0, name, $"network {name} is in use by container {user.ContainerName}")
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
