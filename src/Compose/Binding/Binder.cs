using System.Collections.Immutable;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Rendering;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

/// <summary>
/// Reads nodes of the canonical tree as values of the model. What has the wrong type is an error at its position and reads as
/// nothing, so that one pass finds all.
/// </summary>
internal sealed partial class Binder(DiagnosticList diagnostics)
{
    internal T? Object<T>(Node? node, Func<MappingNode, Binder, T> read) where T : class
    {
        if (node is null or { IsNull: true }) return null;
        if (node is MappingNode map) return read(map, this);
        return Wrong<T>(node, "a mapping");
    }

    internal ImmutableArray<T> List<T>(Node? node, Func<MappingNode, Binder, T> read) where T : class
    {
        if (Items(node) is not { Count: > 0 } items) return [];
        var list = ImmutableArray.CreateBuilder<T>(items.Count);
        foreach (var item in items)
            if (Object(item, read) is { } value) list.Add(value);
        return list.DrainToImmutable();
    }

    internal ImmutableSortedDictionary<string, T> Dictionary<T>(Node? node, Func<MappingNode, Binder, T> read) where T : class =>
        Map(node, value => Object(value, read)!, keepNull: false);

    internal ImmutableSortedDictionary<string, T?> NullableDictionary<T>(Node? node, Func<MappingNode, Binder, T> read) where T : class =>
        Map(node, value => Object(value, read), keepNull: true);

    /// <summary>Top-level resources: one that says nothing has the defaults.</summary>
    internal ImmutableSortedDictionary<string, T> Resources<T>(Node? node, Func<MappingNode, Binder, T> read) where T : class, new() =>
        Map(node, value => value.IsNull ? new T() : Object(value, read)!, keepNull: false);

    internal ImmutableSortedDictionary<string, Ulimit> Ulimits(Node? node) => Map(node, Ulimit, keepNull: false);

    private Ulimit Ulimit(Node node)
    {
        if (node is MappingNode map) return new Ulimit { Soft = Integer(map.Find("soft")) ?? 0, Hard = Integer(map.Find("hard")) ?? 0 };
        var limit = Integer(node) ?? 0;
        return new Ulimit { Soft = limit, Hard = limit, Single = true };
    }

    internal ImmutableSortedDictionary<string, string> Extensions(MappingNode map)
    {
        ImmutableSortedDictionary<string, string>.Builder? builder = null;
        foreach (var entry in map)
            if (entry.Key.StartsWith("x-", StringComparison.Ordinal))
                (builder ??= Sorted<string>.Empty.ToBuilder())[entry.Key] = TreeJson.Compact(entry.Value);
        return builder?.ToImmutable() ?? Sorted<string>.Empty;
    }

    private ImmutableSortedDictionary<string, T> Map<T>(Node? node, Func<Node, T> read, bool keepNull)
    {
        if (node is null or { IsNull: true }) return Sorted<T>.Empty;
        if (node is not MappingNode map)
        {
            Wrong<object>(node, "a mapping");
            return Sorted<T>.Empty;
        }
        if (map.Count == 0) return Sorted<T>.Empty;
        var builder = Sorted<T>.Empty.ToBuilder();
        foreach (var entry in map)
        {
            var value = read(entry.Value);
            if (keepNull || value is not null) builder[entry.Key] = value;
        }
        return builder.ToImmutable();
    }

    private List<Node>? Items(Node? node)
    {
        if (node is null or { IsNull: true }) return null;
        if (node is SequenceNode list) return list.Items;
        Wrong<object>(node, "a list");
        return null;
    }

    private T? Wrong<T>(Node node, string expected) where T : class
    {
        Refuse(node, expected);
        return null;
    }

    private void Refuse(Node node, string expected) => diagnostics.Error(node.Position, $"this is {node.Describe()}; {expected} is expected here");
}
