using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Merging;

/// <summary>The one form that two ways of writing an attribute are brought to before they merge.</summary>
internal static class ListForms
{
    /// <summary>A mapping as sorted KEY=VALUE, a string as a list of one.</summary>
    internal static SequenceNode Pairs(Node? node)
    {
        switch (node)
        {
            case SequenceNode list:
                return list;
            case MappingNode map:
                var pairs = new List<ScalarNode>();
                foreach (var (key, value, position) in map)
                {
                    if (value.IsNull) pairs.Add(ScalarNode.String(position, key));
                    else if (value is SequenceNode values)
                        foreach (var item in values.Items) pairs.Add(ScalarNode.String(item.Position, $"{key}={Print(item)}"));
                    else pairs.Add(ScalarNode.String(value.Position, $"{key}={Print(value)}"));
                }
                return new SequenceNode(map.Position, [.. pairs.OrderBy(static p => p.Text, StringComparer.Ordinal)]);
            case ScalarNode { Kind: ScalarKind.String } scalar:
                return new SequenceNode(scalar.Position, [scalar]);
            default:
                return new SequenceNode(node?.Position ?? Position.None);
        }
    }

    /// <summary>A list of names as a mapping of names to nothing.</summary>
    internal static MappingNode Keys(Node? node) => Names(node, static position => ScalarNode.Null(position));

    internal static MappingNode Dependencies(Node? node) => Names(node, static position =>
    {
        var dependency = new MappingNode(position);
        dependency.Set("condition", ScalarNode.String(position, "service_started"));
        dependency.Set("required", ScalarNode.Boolean(position, true));
        return dependency;
    });

    /// <summary>A string is the context.</summary>
    internal static MappingNode Build(Node? node)
    {
        if (node is MappingNode map) return map;
        var build = new MappingNode(node?.Position ?? Position.None);
        if (node is ScalarNode { Kind: ScalarKind.String } context) build.Set("context", context);
        return build;
    }

    private static MappingNode Names(Node? node, Func<Position, Node> value)
    {
        if (node is MappingNode map) return map;
        var names = new MappingNode(node?.Position ?? Position.None);
        if (node is SequenceNode list)
            foreach (var item in list.Items)
                if (item is ScalarNode name) names.Set(name.Text, value(name.Position), name.Position);
        return names;
    }

    private static string Print(Node node) => node is ScalarNode scalar ? scalar.Print() : "";
}
