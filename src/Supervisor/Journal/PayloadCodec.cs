using Akka.Serialization;

namespace Devoxx.Supervisor.Journal;

/// <summary>Between objects and what a row says of them, by whichever serializer Akka has bound to their type.</summary>
internal sealed class PayloadCodec(Serialization serialization)
{
    /// <summary>The payload, its manifest and the serializer's number.</summary>
    /// <exception cref="Exception">Whatever the serializer throws at what it cannot write.</exception>
    public (byte[] Payload, string Manifest, int SerializerId) Write(object payload)
    {
        var serializer = serialization.FindSerializerFor(payload);
        return (serialization.Serialize(payload), Serialization.ManifestFor(serializer, payload), serializer.Identifier);
    }

    /// <summary>The object a row holds.</summary>
    public object Read(byte[] payload, int serializerId, string manifest) =>
        serialization.Deserialize(payload, serializerId, manifest);
}
