using System.Text.Json.Serialization;

namespace Devoxx.Images.Registry;

/// <summary>The answer of a token server (distribution, "Token Authentication Specification").</summary>
internal sealed record TokenAnswer
{
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }
}

/// <summary>What a registry says when it refuses (distribution-spec, "Error Codes").</summary>
internal sealed record ErrorAnswer
{
    public IReadOnlyList<ErrorEntry>? Errors { get; init; }
}

internal sealed record ErrorEntry
{
    public string? Code { get; init; }

    public string? Message { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuthFile))]
[JsonSerializable(typeof(HelperAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class RegistryJson : JsonSerializerContext;
