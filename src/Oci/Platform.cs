using System.Text.Json.Serialization;

namespace Devoxx.Oci;

/// <summary>Architecture and system in Go's names (<c>amd64</c>, <c>linux</c>).</summary>
public sealed record Platform
{
    public required string Architecture { get; init; }

    public required string Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    /// <summary>Such as <c>v8</c> of arm64.</summary>
    public string? Variant { get; init; }
}
