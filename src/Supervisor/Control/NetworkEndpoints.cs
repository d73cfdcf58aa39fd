using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Compose;
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

    /// <summary>What a file could not say either is refused by the same words.</summary>
    public async Task CreateAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.CreateNetworkRequest).ConfigureAwait(false);
        var network = new Network
        {
            Driver = request.Driver,
            DriverOpts = request.Options,
            Labels = request.Labels,
            Internal = request.Internal,
            Attachable = request.Attachable,
            EnableIpv4 = request.EnableIpv4,
            EnableIpv6 = request.EnableIpv6,
            Ipam = new Ipam
            {
                Config = [.. request.Subnets.Select(s => new IpamPool
                {
                    Subnet = s.Subnet, Gateway = s.Gateway, IpRange = s.Range, AuxAddresses = s.Reserved ?? ImmutableSortedDictionary<string, string>.Empty,
                })],
            },
        };
        await run(http, async output =>
        {
            if (NetworkSpecs.Refusal(request.Name, network) is { } refusal)
            {
                return Outcome.Failure($"network {request.Name}: {refusal}");
            }

            if (request.Driver is "host" or "none" or "null" || (await KnownAsync().ConfigureAwait(false)).Any(n => n.Spec!.Name == request.Name))
            {
                return Outcome.Failure(request.Driver is "host" or "none" or "null"
                    ? $"network {request.Name}: {request.Driver} is no network to make; say `network_mode: {request.Driver}`"
                    : $"network {request.Name} exists already");
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
