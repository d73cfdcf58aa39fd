using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// Events and snapshot states as JSON, under their manifest with its version. Also bound to every other type, so that
/// what nobody registered is rejected by name and not written by reflection.
/// </summary>
public sealed class EventSerializer(ExtendedActorSystem system, EventTypes types) : SerializerWithStringManifest(system)
{
    internal const int Number = 7301;

    /// <summary>Stands in every row; never changes.</summary>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => types.Of(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, types.Of(obj).Json);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!types.TryFind(manifest, out var type))
        {
            throw new SerializationException($"'{manifest}' is not a payload that this devoxx-compose knows; was it written by a newer one?");
        }

        var read = JsonSerializer.Deserialize(bytes, type.Json)
            ?? throw new SerializationException($"the payload of a '{manifest}' is null");
        return type.Upgrade(read);
    }
}
