using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devoxx.Oci;

/// <summary>Generated serializers of both specifications: <c>JsonSerializer.Deserialize(utf8, OciJson.Default.RuntimeSpec)</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Disallow)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(Process))]
[JsonSerializable(typeof(LinuxResources))]
[JsonSerializable(typeof(ContainerState))]
[JsonSerializable(typeof(Seccomp))]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageLayout))]
[JsonSerializable(typeof(ImageConfiguration))]
[JsonSerializable(typeof(Descriptor))]
public sealed partial class OciJson : JsonSerializerContext;
