namespace Devoxx.Compose.Tree;

/// <summary>
/// A node of the tree that all phases between YAML and the model work on. Phases change trees in place; whoever needs two
/// clones (<see cref="Clone"/>).
/// </summary>
internal abstract class Node(Position position)
{
    internal Position Position { get; } = position;

    internal abstract Node Clone();

    /// <summary>Deep equality of values; positions and the order of keys do not matter.</summary>
    internal abstract bool SameAs(Node other);

    internal bool IsNull => this is ScalarNode { Kind: ScalarKind.Null };

    /// <summary>What a person calls this kind of node.</summary>
    internal string Describe() => this switch
    {
        MappingNode => "a mapping",
        SequenceNode => "a list",
        ScalarNode scalar => scalar.Kind switch
        {
            ScalarKind.Null => "empty",
            ScalarKind.Boolean => "a boolean",
            ScalarKind.Integer => "an integer",
            ScalarKind.Float => "a number",
            ScalarKind.Timestamp => "a date",
            _ => "a string",
        },
        _ => "something else",
    };
}
