using System.Text.Json;

namespace Devoxx.Compose.Tree;

/// <summary>JSON to a tree, without positions.</summary>
internal static class JsonTree
{
    internal static Node Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        return Convert(document.RootElement);
    }

    private static Node Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new MappingNode(Position.None);
                foreach (var member in element.EnumerateObject()) map.Set(member.Name, Convert(member.Value));
                return map;
            case JsonValueKind.Array:
                var list = new SequenceNode(Position.None);
                foreach (var item in element.EnumerateArray()) list.Items.Add(Convert(item));
                return list;
            case JsonValueKind.String: return ScalarNode.String(Position.None, element.GetString()!);
            case JsonValueKind.True: return ScalarNode.Boolean(Position.None, true);
            case JsonValueKind.False: return ScalarNode.Boolean(Position.None, false);
            case JsonValueKind.Number:
                return element.TryGetInt64(out var integer) ? ScalarNode.Int(Position.None, integer) : ScalarNode.Float(Position.None, element.GetDouble());
            default: return ScalarNode.Null(Position.None);
        }
    }
}
