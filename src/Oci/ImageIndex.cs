namespace Devoxx.Oci;

/// <summary>Several images, one for each platform.</summary>
public sealed record ImageIndex
{
    public int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public IReadOnlyList<Descriptor>? Manifests { get; init; }

    /// <summary>Present only in a document that is a manifest: both at once are to be refused (CVE-2021-41190).</summary>
    public IReadOnlyList<Descriptor>? Layers { get; init; }

    public Descriptor? Config { get; init; }

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>The file <c>oci-layout</c> at the root of an image layout.</summary>
public sealed record ImageLayout(string ImageLayoutVersion = "1.0.0");
