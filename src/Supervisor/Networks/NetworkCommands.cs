using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Native.Namespaces;

namespace Devoxx.Supervisor.Networks;

/// <summary>What a network is told, and what comes of it.</summary>
public interface INetworkCommand;

/// <summary>Be there; answered by <see cref="NetworkAnswer"/>. What is there already is left as it is.</summary>
public sealed record CreateNetwork(long Order, NetworkSpec Spec, IActorRef ReplyTo) : INetworkCommand;

/// <summary>Go; answered by <see cref="NetworkAnswer"/>. Refused while a container is connected.</summary>
public sealed record RemoveNetwork(long Order, string Name, string Cause, IActorRef ReplyTo) : INetworkCommand;

/// <summary>A run of a container is about to use it; answered by <see cref="EndpointAnswer"/>.</summary>
/// <param name="Namespace">The run's own, still without interfaces.</param>
public sealed record AttachEndpoint(
    string Network, EndpointRequest Request, int Run, NetworkNamespace Namespace, IActorRef ReplyTo) : INetworkCommand;

/// <summary>The run has ended; answered by <see cref="EndpointDetached"/>. The lease stays.</summary>
public sealed record DetachEndpoint(string Network, string ContainerId, int Run, IActorRef ReplyTo) : INetworkCommand;

/// <summary>The container is gone: its lease is over.</summary>
public sealed record ReleaseLease(string Network, string ContainerId) : INetworkCommand;

/// <summary>After recovery: leases of containers that the journal does not know are over.</summary>
internal sealed record ReleaseUnknown(ImmutableHashSet<string> Containers, bool AtRest = false) : INetworkCommand;

internal sealed record NetworkMade : INetworkCommand;

internal sealed record NetworkNotMade(string Error) : INetworkCommand;

internal sealed record NetworkGone : INetworkCommand;

internal sealed record NetworkNotGone(string Error) : INetworkCommand;

internal sealed record EndpointMade(string ContainerId, int Run) : INetworkCommand;

internal sealed record EndpointNotMade(string ContainerId, int Run, string Error) : INetworkCommand;

internal sealed record EndpointGone(string ContainerId, int Run) : INetworkCommand;

internal sealed record EndpointNotGone(string ContainerId, int Run, string Error) : INetworkCommand;

/// <summary>Who wants to be connected, and how.</summary>
/// <param name="Interface">Its name in the container.</param>
/// <param name="IsGateway4">The default route of IPv4 goes through this network.</param>
/// <param name="IsGateway6">And the one of IPv6.</param>
/// <param name="Ports">Host ports that are reserved for it already.</param>
public sealed record EndpointRequest(
    string ContainerId,
    string ContainerName,
    string Project,
    string Service,
    string Hostname,
    EndpointSpec Endpoint,
    string Interface,
    bool IsGateway4,
    bool IsGateway6,
    ImmutableArray<PublishedPort> Ports,
    ImmutableArray<string> Exposed);

public sealed record NetworkAnswer(long Order, string Name, string? Error, bool Changed = true);

/// <param name="Lease">Null: it failed.</param>
public sealed record EndpointAnswer(string Network, int Run, Lease? Lease, NetworkSpec? Spec, string? Error);

public sealed record EndpointDetached(string Network, int Run, string? Error);

/// <summary>Sent up after every change, and once after recovery.</summary>
public sealed record NetworkChanged(string Name, NetworkState State, bool Recovered = false);
