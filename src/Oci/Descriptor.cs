namespace Devoxx.Oci;

/// <summary>Points at content of the image-spec by digest.</summary>
public sealed record Descriptor
{
    public required string MediaType { get; init; }

    /// <summary>Such as <c>sha256:…</c>.</summary>
    public required string Digest { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    public IReadOnlyList<string>? Urls { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The content itself, in base64.</summary>
    public string? Data { get; init; }

    public string? ArtifactType { get; init; }

    public Platform? Platform { get; init; }
}
