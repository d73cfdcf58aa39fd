using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Yaml;

/// <summary>
/// <c>!reset</c> takes an attribute away that an earlier file set; <c>!override</c> replaces it instead of merging. Both are
/// paths to delete from the tree merged so far; a reset value is taken out of its own document too.
/// </summary>
internal sealed class ResetTags
{
    private const int MaxVisits = 1_000_000;

    private readonly List<string[]> _paths = [];
    private readonly List<string> _here = [];
    private int _visits;

    /// <summary>Collects the tags of a document and checks that no mapping has a key twice.</summary>
    internal static ResetTags Extract(YamlNode document)
    {
        var tags = new ResetTags();
        tags.Visit(document);
        return tags;
    }

    /// <summary>Deletes what the collected paths name; the tree stands at the path given.</summary>
    internal void Apply(Node tree, params ReadOnlySpan<string> at)
    {
        if (_paths.Count == 0) return;
        _here.Clear();
        foreach (var key in at) _here.Add(key);
        Delete(tree);
    }

    private void Delete(Node tree)
    {
        if (tree is not MappingNode map) return;
        for (var i = map.Count - 1; i >= 0; i--)
        {
            _here.Add(map[i].Key);
            if (IsTagged()) map.RemoveAt(i);
            else Delete(map[i].Value);
            _here.RemoveAt(_here.Count - 1);
        }
    }

    private bool IsTagged()
    {
        foreach (var path in _paths)
            if (path.Length == _here.Count && path.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_here))) return true;
        return false;
    }

    /// <summary>The node, or null if it is to be left out.</summary>
    private YamlNode? Visit(YamlNode node)
    {
        if (node.Tag is "!reset" or "!override")
        {
            _paths.Add([.. _here]);
            return node.Tag == "!reset" ? null : node;
        }
        if (++_visits > MaxVisits) throw new ComposeException(node.Position, "aliases expand without end; the document refers to itself too often");
        if (node.Kind == YamlKind.Sequence)
        {
            var dropped = false;
            _here.Add("[]");
            foreach (var item in node.Content) dropped |= Visit(item) is null;
            _here.RemoveAt(_here.Count - 1);
            if (dropped) node.Content = node.Content.FindAll(static item => item.Tag != "!reset");
        }
        else if (node.Kind == YamlKind.Mapping) VisitMapping(node);
        return node;
    }

    private void VisitMapping(YamlNode node)
    {
        List<YamlNode>? kept = null;
        Dictionary<string, int>? seen = node.Content.Count > 16 ? new(StringComparer.Ordinal) : null;
        for (var i = 0; i + 1 < node.Content.Count; i += 2)
        {
            var key = node.Content[i];
            if (First(node, i, seen) is { } first)
                throw new ComposeException(key.Position, $"key `{key.Value}` is already defined on line {first.Position.Line}; keep one of the two");
            if (!key.IsMergeKey) _here.Add(key.Value);
            var value = Visit(node.Content[i + 1]);
            if (value is null) kept ??= node.Content.GetRange(0, i);
            else kept?.AddRange([key, value]);
            if (!key.IsMergeKey) _here.RemoveAt(_here.Count - 1);
        }
        if (kept is not null) node.Content = kept;
    }

    private static YamlNode? First(YamlNode mapping, int index, Dictionary<string, int>? seen)
    {
        var key = mapping.Content[index];
        if (seen is not null) return seen.TryAdd(key.Value, index) ? null : mapping.Content[seen[key.Value]];
        for (var i = 0; i < index; i += 2)
            if (mapping.Content[i].Value == key.Value) return mapping.Content[i];
        return null;
    }
}
