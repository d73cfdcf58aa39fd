using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Networks;

/// <summary>What happens to one network.</summary>
public interface INetworkEvent : IEvent;

/// <summary>Intent: its bridge and rules are about to be made. Subnets are chosen by now.</summary>
public sealed record NetworkCreateRequested(Subject Subject, DateTimeOffset At, NetworkSpec Spec) : INetworkEvent;

/// <summary>Outcome: it is there.</summary>
public sealed record NetworkCreated(Subject Subject, DateTimeOffset At) : INetworkEvent;

/// <summary>Intent: a container is about to be connected; what it is given is leased from here on.</summary>
public sealed record NetworkAttachRequested(Subject Subject, DateTimeOffset At, Lease Lease) : INetworkEvent;

/// <summary>Outcome: its interface is up.</summary>
public sealed record NetworkAttached(Subject Subject, DateTimeOffset At, string ContainerId) : INetworkEvent;

/// <summary>Outcome: its interface is gone; the lease stays.</summary>
public sealed record NetworkDetached(Subject Subject, DateTimeOffset At, string ContainerId) : INetworkEvent;

/// <summary>The container is gone: its addresses are free.</summary>
public sealed record NetworkReleased(Subject Subject, DateTimeOffset At, string ContainerId) : INetworkEvent;

/// <summary>Intent: it goes.</summary>
public sealed record NetworkRemoveRequested(Subject Subject, DateTimeOffset At, string Cause) : INetworkEvent;

/// <summary>Outcome: nothing of it is left.</summary>
public sealed record NetworkRemoved(Subject Subject, DateTimeOffset At) : INetworkEvent;

public enum NetworkPhase
{
    Absent,
    Creating,
    Ready,
    Removing,
    Removed,
}

/// <summary>A network as its events have made it.</summary>
public sealed record NetworkState
{
    public static NetworkState Initial { get; } = new();

    public NetworkPhase Phase { get; init; }

    public NetworkSpec? Spec { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>By container id.</summary>
    public ImmutableSortedDictionary<string, Lease> Leases { get; init; } = ImmutableSortedDictionary<string, Lease>.Empty;

    public NetworkState Apply(INetworkEvent @event) => @event switch
    {
        NetworkCreateRequested e => this with { Phase = NetworkPhase.Creating, Spec = e.Spec, CreatedAt = e.At, Leases = ImmutableSortedDictionary<string, Lease>.Empty },
        NetworkCreated => this with { Phase = NetworkPhase.Ready },
        NetworkAttachRequested e => this with { Leases = Leases.SetItem(e.Lease.ContainerId, e.Lease with { Connected = true }) },
        NetworkAttached => this,
        NetworkDetached e => Leases.TryGetValue(e.ContainerId, out var lease)
            ? this with { Leases = Leases.SetItem(e.ContainerId, lease with { Connected = false }) }
            : this,
        NetworkReleased e => this with { Leases = Leases.Remove(e.ContainerId) },
        NetworkRemoveRequested => this with { Phase = NetworkPhase.Removing },
        NetworkRemoved => this with { Phase = NetworkPhase.Removed, Leases = ImmutableSortedDictionary<string, Lease>.Empty },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a network"),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NetworkCreateRequested))]
[JsonSerializable(typeof(NetworkCreated))]
[JsonSerializable(typeof(NetworkAttachRequested))]
[JsonSerializable(typeof(NetworkAttached))]
[JsonSerializable(typeof(NetworkDetached))]
[JsonSerializable(typeof(NetworkReleased))]
[JsonSerializable(typeof(NetworkRemoveRequested))]
[JsonSerializable(typeof(NetworkRemoved))]
[JsonSerializable(typeof(NetworkState))]
internal sealed partial class NetworkEventJson : JsonSerializerContext;
