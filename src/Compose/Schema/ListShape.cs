using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>A list of like items.</summary>
internal sealed class ListShape(Shape item, bool unique = false) : Shape
{
    /// <summary>From this length on, equal strings are found by hashing.</summary>
    private const int HashLimit = 16;

    internal override string Expected => "a list";

    internal Shape Item => item;

    internal override void Check(Node node, SchemaCheck check)
    {
        if (node is not SequenceNode list)
        {
            check.WrongType(node, Expected);
            return;
        }
        for (var i = 0; i < list.Items.Count; i++)
        {
            check.Enter(i);
            item.Check(list.Items[i], check);
            check.Leave();
        }
        if (unique) CheckUnique(list.Items, check);
    }

    private static void CheckUnique(List<Node> items, SchemaCheck check)
    {
        if (items.Count < 2) return;
        if (items.Count > HashLimit && items.TrueForAll(static i => i is ScalarNode { Kind: ScalarKind.String }))
        {
            var seen = new Dictionary<string, Node>(items.Count, StringComparer.Ordinal);
            foreach (var item in items)
                if (!seen.TryAdd(((ScalarNode)item).Text, item)) Twice(item, seen[((ScalarNode)item).Text], check);
            return;
        }
        for (var i = 1; i < items.Count; i++)
            for (var j = 0; j < i; j++)
            {
                if (!items[i].SameAs(items[j])) continue;
                Twice(items[i], items[j], check);
                break;
            }
    }

    private static void Twice(Node item, Node first, SchemaCheck check) =>
        check.Error(item, item is ScalarNode scalar ? $"`{scalar.Print()}` is in the list twice" : "this is in the list twice", $"keep the one on line {first.Position.Line} only");
}
