using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Schema;

/// <summary>A mapping with known keys, and perhaps `x-…` ones.</summary>
internal sealed class ObjectShape(params (string Key, Shape Shape)[] keys) : Shape
{
    private readonly Dictionary<string, Shape> _keys = keys.ToDictionary(static k => k.Key, static k => k.Shape, StringComparer.Ordinal);

    internal override string Expected => "a mapping";

    /// <summary>Keys that must be there.</summary>
    internal string[] Required { get; init; } = [];

    /// <summary>`x-…` keys may hold anything.</summary>
    internal bool Extensible { get; init; } = true;

    /// <summary>Unknown keys may hold anything.</summary>
    internal bool Open { get; init; }

    internal bool Nullable { get; init; }

    internal IEnumerable<(string Key, Shape Shape)> Keys => keys;

    internal override void Check(Node node, SchemaCheck check)
    {
        if (Nullable && node.IsNull) return;
        if (node is not MappingNode map)
        {
            check.WrongType(node, Expected);
            return;
        }
        foreach (var (key, value, position) in map)
        {
            if (_keys.TryGetValue(key, out var shape))
            {
                check.Enter(key);
                shape.Check(value, check);
                check.Leave();
            }
            else if (Extensible && key.StartsWith("x-", StringComparison.Ordinal)) Shapes.Any.Check(value, check);
            else if (!Open) check.UnknownKey(position, key, _keys.Keys);
        }
        foreach (var key in Required)
            if (!map.Has(key)) check.Error(map, $"`{key}` is missing", $"add `{key}:`");
    }
}
