using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Devoxx.Supervisor.Events;

/// <summary>
/// Every kind of payload that the journal may hold: manifest ↔ record, its JSON form, and what people read of it. Filled
/// once, where the events are defined; not changed afterwards.
/// </summary>
/// <example><code>
/// new EventTypes()
///     .Add("container.started.v1", EventJson.Default.ContainerStarted, e => $"pid {e.Pid}")
///     .AddState("container.state.v1", EventJson.Default.ContainerState)
/// </code></example>
public sealed partial class EventTypes
{
    private readonly Dictionary<string, EventType> byManifest = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, EventType> written = [];

    /// <summary>All of them, in the order of registration.</summary>
    public IReadOnlyCollection<EventType> All => byManifest.Values;

    /// <summary>Registers an event as it is written today.</summary>
    /// <param name="manifest">Kind and version, lower case: <c>container.exited.v1</c>.</param>
    /// <param name="json">Its source-generated JSON form.</param>
    /// <param name="describe">What follows the kind and the subject on the event's line for people; may be empty.</param>
    /// <exception cref="ArgumentException">The manifest is malformed or taken, or the record is registered already.</exception>
    public EventTypes Add<T>(string manifest, JsonTypeInfo<T> json, Func<T, string> describe) where T : class, IEvent
    {
        Register(new EventType(WellFormed(manifest), typeof(T), json, false, payload => payload, payload => describe((T)payload)), isWritten: true);
        return this;
    }

    /// <summary>Registers a version that is still read from old journals but no longer written.</summary>
    /// <param name="manifest">The earlier manifest.</param>
    /// <param name="json">The JSON form of the record as it was.</param>
    /// <param name="upgrade">Makes today's event of it.</param>
    /// <exception cref="ArgumentException">As for <see cref="Add"/>; or <typeparamref name="T"/> is not registered yet.</exception>
    public EventTypes AddEarlier<TEarlier, T>(string manifest, JsonTypeInfo<TEarlier> json, Func<TEarlier, T> upgrade)
        where TEarlier : class where T : class, IEvent
    {
        if (!written.TryGetValue(typeof(T), out var today))
        {
            throw new ArgumentException($"{manifest}: register {typeof(T).Name} first, that it becomes.", nameof(manifest));
        }

        Register(
            new EventType(WellFormed(manifest), typeof(TEarlier), json, false, payload => upgrade((TEarlier)payload), today.Description),
            isWritten: false);
        return this;
    }

    /// <summary>Registers the state that an actor keeps in its snapshots.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Add"/>.</exception>
    public EventTypes AddState<T>(string manifest, JsonTypeInfo<T> json) where T : class
    {
        Register(new EventType(WellFormed(manifest), typeof(T), json, true, payload => payload, _ => ""), isWritten: true);
        return this;
    }

    /// <summary>What a manifest found in the journal means; false if this program does not know it.</summary>
    public bool TryFind(string manifest, [NotNullWhen(true)] out EventType? type) => byManifest.TryGetValue(manifest, out type);

    /// <summary>How a payload is written.</summary>
    /// <exception cref="ArgumentException">Nothing is registered for its type.</exception>
    public EventType Of(object payload) =>
        written.TryGetValue(payload.GetType(), out var type)
            ? type
            : throw new ArgumentException($"{payload.GetType().FullName} is not registered in EventTypes.", nameof(payload));

    private static string WellFormed(string manifest) =>
        ManifestForm().IsMatch(manifest) ? manifest : throw new ArgumentException($"manifest '{manifest}': should be like 'container.exited.v1'.");

    private void Register(EventType type, bool isWritten)
    {
        if (!byManifest.TryAdd(type.Manifest, type))
        {
            throw new ArgumentException($"manifest '{type.Manifest}' is registered twice.");
        }

        if (isWritten && !written.TryAdd(type.Payload, type))
        {
            throw new ArgumentException($"{type.Payload.Name} is registered twice, the second time as '{type.Manifest}'.");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\.v[1-9][0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ManifestForm();
}
