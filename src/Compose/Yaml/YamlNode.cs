using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Yaml;

internal enum YamlKind { Scalar, Sequence, Mapping }

/// <summary>
/// A node of a YAML document before its scalars are resolved and its merge keys applied. An alias is the very node it
/// names, so a document is a graph.
/// </summary>
internal sealed class YamlNode(YamlKind kind, Position position, string tag)
{
    internal YamlKind Kind { get; } = kind;
    internal Position Position { get; } = position;

    /// <summary>Short form: <c>!!str</c>, <c>!reset</c>; empty if the document gives none.</summary>
    internal string Tag { get; } = tag;

    /// <summary>The text of a scalar.</summary>
    internal string Value { get; init; } = "";

    /// <summary>A plain scalar may be a number, a boolean or null; a quoted or block one is a string.</summary>
    internal bool Plain { get; init; }

    /// <summary>The items, or keys and values in turn.</summary>
    internal List<YamlNode> Content { get; set; } = [];

    /// <summary>Being built or walked: an alias met now would contain itself.</summary>
    internal bool Open { get; set; }

    internal bool IsNull => Kind == YamlKind.Scalar && Plain && Tag is "" or "!!null" && Value is "" or "~" or "null" or "Null" or "NULL";

    internal bool IsMergeKey => Kind == YamlKind.Scalar && Plain && Value == "<<" && Tag is "" or "!!merge";
}
