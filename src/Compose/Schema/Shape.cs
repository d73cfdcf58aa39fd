using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>What a place in a Compose file may hold.</summary>
internal abstract class Shape
{
    /// <summary>What a person would call a right value.</summary>
    internal abstract string Expected { get; }

    internal abstract void Check(Node node, SchemaCheck check);
}
