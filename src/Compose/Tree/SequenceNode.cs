namespace Devoxx.Compose.Tree;

internal sealed class SequenceNode(Position position, List<Node> items) : Node(position)
{
    internal SequenceNode(Position position) : this(position, []) { }

    internal List<Node> Items { get; } = items;

    /// <summary>
    /// An empty list that the reference prints as one; elsewhere its JSON says null, because emptied and absent lists are one
    /// in Go.
    /// </summary>
    internal bool PrintsEmpty { get; set; }

    internal override Node Clone()
    {
        var items = new List<Node>(Items.Count);
        foreach (var item in Items) items.Add(item.Clone());
        return new SequenceNode(Position, items);
    }

    internal override bool SameAs(Node other)
    {
        if (other is not SequenceNode s || s.Items.Count != Items.Count) return false;
        for (var i = 0; i < Items.Count; i++)
            if (!Items[i].SameAs(s.Items[i])) return false;
        return true;
    }
}
