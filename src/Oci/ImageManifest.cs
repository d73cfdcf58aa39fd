namespace Devoxx.Oci;

/// <summary>One image for one platform.</summary>
public sealed record ImageManifest
{
    public int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public Descriptor? Config { get; init; }

    /// <summary>Base first.</summary>
    public IReadOnlyList<Descriptor>? Layers { get; init; }

    /// <summary>Present only in a document that is an index: both at once are to be refused (CVE-2021-41190).</summary>
    public IReadOnlyList<Descriptor>? Manifests { get; init; }

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
