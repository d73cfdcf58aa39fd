using System.Text.Json.Serialization;

namespace Devoxx.Images.Archives;

/// <summary>An element of <c>manifest.json</c> in an archive of `docker save` (moby, image/tarexport).</summary>
internal sealed record DockerManifest
{
    [JsonPropertyName("Config")]
    public string? Config { get; init; }

    [JsonPropertyName("RepoTags")]
    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>Paths in the archive, base first.</summary>
    [JsonPropertyName("Layers")]
    public IReadOnlyList<string>? Layers { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DockerManifest[]))]
internal sealed partial class DockerArchiveJson : JsonSerializerContext;
