namespace Devoxx.Oci;

/// <summary>One mount of a container.</summary>
public sealed record Mount
{
    /// <summary>Absolute path inside the container; <c>/</c> with type <c>overlay</c> is the root itself.</summary>
    public required string Destination { get; init; }

    /// <summary>Filesystem type; null or <c>none</c> or <c>bind</c> for a bind mount that <see cref="Options"/> names.</summary>
    public string? Type { get; init; }

    /// <summary>Device, host path (relative to the bundle unless absolute) or a word of no meaning.</summary>
    public string? Source { get; init; }

    /// <summary>As mount(8) takes them: flags, propagation, and what is left goes to the filesystem.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    public IReadOnlyList<IdMapping>? GidMappings { get; init; }
}
