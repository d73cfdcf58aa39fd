namespace Devoxx.Compose.Loading;

/// <summary>
/// What a set of files is loaded with: the project's own, or those of an `include`.
/// </summary>
/// <param name="PathBase">What relative paths are resolved against; relative itself inside an include, until the outer scope resolves again.</param>
/// <param name="Directory">The same directory, absolute: where `extends` and `include` look for files.</param>
/// <param name="Environment">What interpolation sees.</param>
/// <param name="ResolvePaths">Whether paths are made absolute at all.</param>
internal sealed record Scope(string PathBase, string Directory, IReadOnlyDictionary<string, string> Environment, bool ResolvePaths)
{
    /// <summary>The files on the way to here, to find cycles.</summary>
    internal IReadOnlyList<string> Including { get; init; } = [];

    /// <summary>Files already read for `extends` in this scope.</summary>
    internal Dictionary<string, ExtendedFile> Extended { get; } = new(StringComparer.Ordinal);

    internal string? Lookup(string name) => Environment.TryGetValue(name, out var value) ? value : null;
}
