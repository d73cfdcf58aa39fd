using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Yaml;

/// <summary>
/// A document's graph to a tree of its own: aliases copied, merge keys applied, scalars resolved, keys checked. Counts what
/// it makes, so that a few lines of aliases cannot become gigabytes.
/// </summary>
internal sealed class TreeBuilder
{
    /// <summary>Far more nodes than the largest real stack has; a bomb reaches it within a second.</summary>
    private const int MaxNodes = 1_000_000;

    private int _nodes;

    internal Node Build(YamlNode node)
    {
        if (++_nodes > MaxNodes) throw new ComposeException(node.Position, $"aliases expand to more than {MaxNodes} values; the document refers to itself too often");
        switch (node.Kind)
        {
            case YamlKind.Scalar:
                return ScalarResolver.Resolve(node);
            case YamlKind.Sequence:
                var list = new SequenceNode(node.Position, new List<Node>(node.Content.Count));
                foreach (var item in node.Content) list.Items.Add(Build(item));
                return list;
            default:
                var map = new MappingNode(node.Position);
                Fill(map, node, firstWins: false);
                return map;
        }
    }

    /// <summary>Adds the keys of a mapping; those of a merged one give way to the keys already there.</summary>
    private void Fill(MappingNode map, YamlNode node, bool firstWins)
    {
        YamlNode? merged = null;
        for (var i = 0; i + 1 < node.Content.Count; i += 2)
        {
            var (key, value) = (node.Content[i], node.Content[i + 1]);
            if (key.IsMergeKey)
            {
                merged = value;
                continue;
            }
            var name = Key(key);
            if (!firstWins || !map.Has(name)) map.Set(name, Build(value), key.Position);
        }
        if (merged is null) return;
        if (merged.Kind == YamlKind.Mapping) Fill(map, merged, firstWins: true);
        else if (merged.Kind == YamlKind.Sequence)
            foreach (var item in merged.Content)
            {
                if (item.Kind != YamlKind.Mapping) throw NotMergeable(item);
                Fill(map, item, firstWins: true);
            }
        else throw NotMergeable(merged);
        if (++_nodes > MaxNodes) throw new ComposeException(node.Position, $"merge keys expand to more than {MaxNodes} values; the document refers to itself too often");
    }

    private static ComposeException NotMergeable(YamlNode node) => new(node.Position, "`<<` merges a mapping or a list of mappings; this is neither");

    private static string Key(YamlNode key)
    {
        if (key.Kind != YamlKind.Scalar) throw new ComposeException(key.Position, "a key must be a string; this one is a mapping or a list");
        var scalar = ScalarResolver.Resolve(key);
        if (scalar.Kind == ScalarKind.String) return scalar.Text;
        throw new ComposeException(key.Position, $"a key must be a string and `{key.Value}` is {scalar.Describe()}; quote it: \"{key.Value}\"");
    }
}
