using System.Collections.Immutable;

namespace Devoxx.Compose;

/// <summary>
/// A loaded, valid Compose project. Short syntax, relative paths and defaults are resolved; services whose profiles are
/// not active stand apart in <see cref="DisabledServices"/>.
/// </summary>
public sealed record Project
{
    public required string Name { get; init; }

    /// <summary>Absolute; what relative paths were resolved against.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary>Absolute paths, in the order they were merged; `-` is standard input.</summary>
    public ImmutableArray<string> ComposeFiles { get; init; } = [];

    public ImmutableSortedDictionary<string, Service> Services { get; init; } = Sorted<Service>.Empty;
    public ImmutableSortedDictionary<string, Service> DisabledServices { get; init; } = Sorted<Service>.Empty;
    public ImmutableSortedDictionary<string, Network> Networks { get; init; } = Sorted<Network>.Empty;
    public ImmutableSortedDictionary<string, Volume> Volumes { get; init; } = Sorted<Volume>.Empty;
    public ImmutableSortedDictionary<string, FileObject> Configs { get; init; } = Sorted<FileObject>.Empty;
    public ImmutableSortedDictionary<string, FileObject> Secrets { get; init; } = Sorted<FileObject>.Empty;
    public ImmutableSortedDictionary<string, LanguageModel> Models { get; init; } = Sorted<LanguageModel>.Empty;

    /// <summary>The active profiles; `*` is every profile.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>What interpolation saw: the shell's variables over those of the env files.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Sorted<string>.Empty;

    /// <summary>The top-level `x-…` keys; values are JSON.</summary>
    public ImmutableSortedDictionary<string, string> Extensions { get; init; } = Sorted<string>.Empty;
}
