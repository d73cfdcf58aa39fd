namespace Devoxx.Compose.Tree;

/// <summary>Visits the places of a tree that a table has rules for, outermost first; below such a place it does not go on.</summary>
internal static class TreeWalk
{
    internal static void Visit<T>(Node tree, PathRules<T> rules, Action<T, Node, string> visit) where T : class => Visit(tree, "", rules.Root, visit);

    private static void Visit<T>(Node node, string path, PathRules<T>.Place place, Action<T, Node, string> visit) where T : class
    {
        if (place.Rule is { } rule)
        {
            visit(rule, node, path);
            return;
        }
        if (node is MappingNode map)
        {
            for (var i = 0; i < map.Count; i++)
                if (place.Key(map[i].Key) is { } below) Visit(map[i].Value, path.Length == 0 ? map[i].Key : $"{path}.{map[i].Key}", below, visit);
        }
        else if (node is SequenceNode list && place.Item is { } item)
        {
            for (var i = 0; i < list.Items.Count; i++) Visit(list.Items[i], $"{path}[{i}]", item, visit);
        }
    }

    /// <summary>Replaces scalars at the places of a table.</summary>
    internal static Node Replace<T>(Node node, PathRules<T>.Place place, Func<T, Node, Node> replace) where T : class
    {
        if (place.Rule is { } rule) return replace(rule, node);
        if (node is MappingNode map)
        {
            for (var i = 0; i < map.Count; i++)
                if (place.Key(map[i].Key) is { } below)
                {
                    var replaced = Replace(map[i].Value, below, replace);
                    if (!ReferenceEquals(replaced, map[i].Value)) map.SetAt(i, replaced);
                }
        }
        else if (node is SequenceNode list && place.Item is { } item)
        {
            for (var i = 0; i < list.Items.Count; i++) list.Items[i] = Replace(list.Items[i], item, replace);
        }
        return node;
    }
}
