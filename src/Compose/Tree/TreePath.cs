using System.Globalization;
using System.Text;

namespace Devoxx.Compose.Tree;

/// <summary>Paths into a tree, to point at what a finding is about.</summary>
internal static class TreePath
{
    /// <summary>Where the last key of the path that exists was written; steps such as `[2]` are list items.</summary>
    internal static Position Locate(Node tree, params ReadOnlySpan<string> path)
    {
        var position = tree.Position;
        var node = tree;
        foreach (var step in path)
        {
            if (node is MappingNode map && map.Find(step) is { } value)
            {
                position = map.KeyPosition(step);
                node = value;
            }
            else if (node is SequenceNode list && step.StartsWith('[') && int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture) is var index && index < list.Items.Count)
            {
                node = list.Items[index];
                position = node.Position;
            }
            else break;
        }
        return position;
    }

    internal static string Print(params ReadOnlySpan<string> path)
    {
        var text = new StringBuilder();
        foreach (var step in path) text.Append(text.Length > 0 && !step.StartsWith('[') ? "." : "").Append(step);
        return text.ToString();
    }
}
