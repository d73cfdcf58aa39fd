using System.Collections.Immutable;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose;

/// <summary>A canonical tree that is not a project: variables may stand in it unreplaced.</summary>
public sealed class ComposeModel
{
    internal ComposeModel(MappingNode tree) => Tree = tree;

    internal MappingNode Tree { get; }
}

/// <summary>The model, or null and at least one error.</summary>
public sealed record ModelResult(ComposeModel? Model, ImmutableArray<Diagnostic> Diagnostics);
