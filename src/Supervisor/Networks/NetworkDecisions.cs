using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Devoxx.Native.Namespaces;
using Devoxx.Supervisor.Events;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Networks.INetworkEvent, Devoxx.Supervisor.Networks.INetworkEffect>;

namespace Devoxx.Supervisor.Networks;

/// <summary>What is to be done once a decision is in the journal.</summary>
public interface INetworkEffect;

/// <summary>Bridge, addresses, rules; answered by <see cref="NetworkMade"/> or <see cref="NetworkNotMade"/>.</summary>
internal sealed record MakeNetwork(NetworkSpec Spec) : INetworkEffect;

/// <summary>Answered by <see cref="NetworkGone"/> or <see cref="NetworkNotGone"/>.</summary>
internal sealed record UnmakeNetwork(NetworkSpec Spec) : INetworkEffect;

/// <summary>Answered by <see cref="EndpointMade"/> or <see cref="EndpointNotMade"/>.</summary>
internal sealed record Connect(NetworkSpec Spec, Lease Lease, int Run, bool IsGateway4, bool IsGateway6, NetworkNamespace Namespace) : INetworkEffect;

/// <summary>Answered by <see cref="EndpointGone"/> or <see cref="EndpointNotGone"/>.</summary>
internal sealed record Disconnect(NetworkSpec Spec, Lease Lease, int Run) : INetworkEffect;

internal sealed record Tell(IActorRef To, object Message) : INetworkEffect;

/// <summary>To whoever asked for the attachment or detachment of this container.</summary>
internal sealed record AnswerEndpoint(string ContainerId, object Message) : INetworkEffect;

/// <summary>To everybody who waits for the network to be made or to go.</summary>
internal sealed record AnswerOrders(string? Error = null, bool Changed = true) : INetworkEffect;

/// <summary>What a network does about a command. Pure.</summary>
internal static class NetworkDecisions
{
    public static Decision Decide(NetworkState state, INetworkCommand command, Subject subject, LinkNames names, DateTimeOffset now) => command switch
    {
        CreateNetwork c => Create(state, c, subject, now),
        RemoveNetwork c => Remove(state, c, subject, now),
        NetworkMade => state.Phase == NetworkPhase.Creating ? Decision.Of(new NetworkCreated(subject, now), new AnswerOrders()) : Decision.Only(new AnswerOrders()),
        // What is there of it goes again: a network is there whole or not at all.
        NetworkNotMade c when state.Phase == NetworkPhase.Creating => Decision.Of(
            new NetworkRemoveRequested(subject, now, "it could not be made: " + c.Error), new AnswerOrders(c.Error), new UnmakeNetwork(state.Spec!)),
        NetworkNotMade c => Decision.Only(new AnswerOrders(c.Error)),
        NetworkGone => Decision.Of(new NetworkRemoved(subject, now), new AnswerOrders()),
        NetworkNotGone c => Decision.Only(new AnswerOrders(c.Error)),
        AttachEndpoint c => Attach(state, c, subject, names, now),
        EndpointMade c => Decision.Of(
            new NetworkAttached(subject, now, c.ContainerId),
            new AnswerEndpoint(c.ContainerId, new EndpointAnswer(state.Spec!.Name, c.Run, state.Leases[c.ContainerId], state.Spec, null))),
        EndpointNotMade c => Decision.Of(
            new NetworkDetached(subject, now, c.ContainerId),
            new AnswerEndpoint(c.ContainerId, new EndpointAnswer(state.Spec!.Name, c.Run, null, null, c.Error))),
        DetachEndpoint c => state.Leases.TryGetValue(c.ContainerId, out var lease) && lease.Connected
            ? Decision.Only(new Disconnect(state.Spec!, lease, c.Run))
            : Decision.Only(new AnswerEndpoint(c.ContainerId, new EndpointDetached(c.Network, c.Run, null))),
        EndpointGone c => Decision.Of(
            new NetworkDetached(subject, now, c.ContainerId), new AnswerEndpoint(c.ContainerId, new EndpointDetached(state.Spec!.Name, c.Run, null))),
        EndpointNotGone c => Decision.Only(new AnswerEndpoint(c.ContainerId, new EndpointDetached(state.Spec!.Name, c.Run, c.Error))),
        ReleaseLease c => state.Leases.ContainsKey(c.ContainerId) ? Decision.Of(new NetworkReleased(subject, now, c.ContainerId)) : Decision.Nothing,
        ReleaseUnknown c => new(
            [.. state.Leases.Keys.Where(id => !c.Containers.Contains(id)).Select(INetworkEvent (id) => new NetworkReleased(subject, now, id))], []),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not a command of a network"),
    };

    /// <summary>After recovery: what was half done is done; what the kernel has lost is made again.</summary>
    public static Decision Settle(NetworkState state) => state.Phase switch
    {
        NetworkPhase.Creating or NetworkPhase.Ready => Decision.Only(new MakeNetwork(state.Spec!)),
        NetworkPhase.Removing => Decision.Only(new UnmakeNetwork(state.Spec!)),
        _ => Decision.Nothing,
    };

    private static Decision Create(NetworkState state, CreateNetwork command, Subject subject, DateTimeOffset now) => state.Phase switch
    {
        NetworkPhase.Ready => Decision.Only(new Tell(command.ReplyTo, new NetworkAnswer(command.Order, command.Spec.Name, null, Changed: false))),
        NetworkPhase.Absent or NetworkPhase.Removed => Decision.Of(new NetworkCreateRequested(subject, now, command.Spec), new MakeNetwork(command.Spec)),
        _ => Decision.Only(new Tell(command.ReplyTo, new NetworkAnswer(
            command.Order, command.Spec.Name, $"network {command.Spec.Name} is half removed, because removing it failed before; try again: devoxx-compose network rm {command.Spec.Name}"))),
    };

    private static Decision Remove(NetworkState state, RemoveNetwork command, Subject subject, DateTimeOffset now)
    {
        var users = state.Leases.Values.Where(l => l.Connected).Select(l => l.ContainerName).ToImmutableArray();
        return users.Length > 0
            ? Decision.Only(new Tell(command.ReplyTo, new NetworkAnswer(command.Order, command.Name, $"network {command.Name} is in use by {string.Join(", ", users)}")))
            : state.Phase switch
            {
                NetworkPhase.Absent or NetworkPhase.Removed => Decision.Only(new Tell(command.ReplyTo, new NetworkAnswer(command.Order, command.Name, null, Changed: false))),
                NetworkPhase.Removing => Decision.Only(new UnmakeNetwork(state.Spec!)),
                _ => Decision.Of(new NetworkRemoveRequested(subject, now, command.Cause), new UnmakeNetwork(state.Spec!)),
            };
    }

    private static Decision Attach(NetworkState state, AttachEndpoint command, Subject subject, LinkNames names, DateTimeOffset now)
    {
        if (state.Phase != NetworkPhase.Ready)
        {
            return Refused(command, $"network {command.Network} does not exist");
        }

        try
        {
            var lease = LeaseFor(state, command.Request, names);
            return Decision.Of(
                new NetworkAttachRequested(subject, now, lease),
                new Connect(state.Spec!, lease, command.Run, command.Request.IsGateway4, command.Request.IsGateway6, command.Namespace));
        }
        catch (FormatException e)
        {
            return Refused(command, $"network {command.Network}: {e.Message}");
        }
    }

    private static Decision Refused(AttachEndpoint command, string error) => Decision.Only(
        new AnswerEndpoint(command.Request.ContainerId, new EndpointAnswer(command.Network, command.Run, null, null, error)));

    /// <summary>What it had before, or the first that is free.</summary>
    private static Lease LeaseFor(NetworkState state, EndpointRequest request, LinkNames names)
    {
        var spec = state.Spec!;
        var wanted = request.Endpoint;
        var before = state.Leases.GetValueOrDefault(request.ContainerId);
        var leased = new Dictionary<IPAddress, string>();
        foreach (var other in state.Leases.Values.Where(l => l.ContainerId != request.ContainerId))
        {
            foreach (var address in new[] { other.Ipv4, other.Ipv6 }.OfType<string>())
            {
                leased[IPAddress.Parse(address)] = other.ContainerName;
            }
        }

        var ipv4 = Address(spec.Subnet4, wanted.Ipv4Address, before?.Ipv4, "ipv4_address");
        var ipv6 = Address(spec.Subnet6, wanted.Ipv6Address, before?.Ipv6, "ipv6_address");
        var mac = spec.Driver == NetworkDriver.Ipvlan
            ? wanted.MacAddress is null ? "" : throw new FormatException($"mac_address {wanted.MacAddress} cannot be had: on ipvlan everybody has the hardware address of {spec.Link}; macvlan gives each its own")
            : wanted.MacAddress?.ToLowerInvariant().Replace('-', ':') ?? LinkNames.Mac(request.ContainerId, spec.Id, ipv4);
        return new Lease
        {
            ContainerId = request.ContainerId,
            ContainerName = request.ContainerName,
            Project = request.Project,
            Service = request.Service,
            Hostname = request.Hostname,
            Aliases = wanted.Aliases,
            Ipv4 = ipv4?.ToString(),
            Ipv6 = ipv6?.ToString(),
            LinkLocalIps = wanted.LinkLocalIps,
            Mac = mac,
            HostLink = spec.Driver == NetworkDriver.Bridge ? names.Port(request.ContainerId, spec.Id) : "",
            Interface = request.Interface,
            Ports = request.Ports,
            Exposed = request.Exposed,
        };

        IPAddress? Address(SubnetSpec? subnet, string? asked, string? had, string key)
        {
            if (subnet is null)
            {
                return asked is null ? null : throw new FormatException($"{key} {asked} is asked for, and the network has no such subnet");
            }

            return had is not null && (asked is null || IPAddress.Parse(had).Equals(IPAddress.Parse(asked)))
                ? IPAddress.Parse(had)
                : AddressLeases.Choose(subnet, asked, leased);
        }
    }
}
