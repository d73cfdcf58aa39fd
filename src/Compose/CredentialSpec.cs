using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>Credentials for a managed service account.</summary>
public sealed record CredentialSpec
{
    public string? Config { get; init; }
    public string? File { get; init; }
    public string? Registry { get; init; }

    /// <summary>The `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
