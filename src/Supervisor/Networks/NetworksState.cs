using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Networks;

/// <summary>Which networks there are, so that recovery finds them all.</summary>
public interface INetworksEvent : IEvent;

/// <summary>A network is known from here on.</summary>
/// <param name="Project">Whose it is; null: nobody's.</param>
public sealed record NetworkRegistered(Subject Subject, string Name, string? Project) : INetworksEvent;

/// <summary>It has been removed: recovery need not look for it.</summary>
public sealed record NetworkForgotten(Subject Subject, string Name) : INetworksEvent;

/// <param name="Names">With the project each belongs to, or an empty text.</param>
public sealed record NetworksState(ImmutableSortedDictionary<string, string> Names)
{
    public static NetworksState Initial { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    public NetworksState Apply(INetworksEvent @event) => @event switch
    {
        NetworkRegistered e => new(Names.SetItem(e.Name, e.Project ?? "")),
        NetworkForgotten e => new(Names.Remove(e.Name)),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of the networks"),
    };
}

/// <summary>Asks for every network's state; answered by an array of <see cref="NetworkState"/>.</summary>
public sealed record GetNetworks;

/// <summary>Sent up once, when every network of the journal has settled.</summary>
/// <param name="Links">The interfaces of all of them.</param>
/// <param name="Ids">With a container's id they name the interfaces that it may be getting meanwhile.</param>
internal sealed record NetworksReady(ImmutableHashSet<string> Links, ImmutableArray<string> Ids);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetworkRegistered))]
[JsonSerializable(typeof(NetworkForgotten))]
[JsonSerializable(typeof(NetworksState))]
internal sealed partial class NetworksEventJson : JsonSerializerContext;
