using System.Collections.Immutable;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>The project, or null and at least one error; warnings come with either.</summary>
public sealed record LoadResult(Project? Project, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Project is null;

    /// <summary>The canonical tree with its positions; what <see cref="SupportWarnings"/> reads.</summary>
    internal MappingNode? Tree { get; init; }
}
