using System.Text.Json.Serialization;

namespace Devoxx.Oci.Names;

/// <summary>Generated serializers of what the supervisor and the resolver tell each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetworkZone))]
[JsonSerializable(typeof(ResolverClient))]
[JsonSerializable(typeof(ResolverAnswer))]
[JsonSerializable(typeof(ResolverProcessRecord))]
public sealed partial class NamesJson : JsonSerializerContext;
