using System.Text.Json;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Rendering;

/// <summary>Trees, and JSON that stands for one, through a <see cref="CanonicalWriter"/>; keys come out sorted.</summary>
internal static class TreeJson
{
    /// <summary>A tree in one line, nothing lost.</summary>
    internal static string Compact(Node node)
    {
        var writer = new JsonCanonicalWriter(indented: false) { Lossless = true };
        Write(writer, node);
        return writer.ToString();
    }

    internal static void Write(CanonicalWriter writer, Node node)
    {
        switch (node)
        {
            case MappingNode map:
                writer.BeginObject();
                foreach (var entry in map.OrderBy(static e => e.Key, writer.IsYaml ? KeyOrder.Instance : StringComparer.Ordinal))
                {
                    writer.Name(entry.Key);
                    Write(writer, entry.Value);
                }
                writer.EndObject();
                break;
            case SequenceNode { Items.Count: 0, PrintsEmpty: false } when NullsEmptyLists(writer):
                writer.RawValue("null");
                break;
            case SequenceNode list:
                writer.BeginArray();
                foreach (var item in list.Items) Write(writer, item);
                writer.EndArray();
                break;
            case ScalarNode scalar:
                switch (scalar.Kind)
                {
                    case ScalarKind.Null: writer.RawValue("null"); break;
                    case ScalarKind.Boolean: writer.RawValue(scalar.Text); break;
                    case ScalarKind.Integer: writer.RawValue(GoFormat.Integer(scalar.Integer)); break;
                    case ScalarKind.Float when double.IsFinite(scalar.Number): writer.RawValue(scalar.PrintJson()); break;
                    case ScalarKind.Timestamp: writer.StringValue(Timestamp.Print(scalar.Text)); break;
                    default: writer.StringValue(scalar.Text); break;
                }
                break;
        }
    }

    internal static void Write(CanonicalWriter writer, string json)
    {
        using var document = JsonDocument.Parse(json);
        Write(writer, document.RootElement);
    }

    /// <summary>See <see cref="SequenceNode.PrintsEmpty"/>.</summary>
    private static bool NullsEmptyLists(CanonicalWriter writer) => writer is { IsYaml: false, Lossless: false };

    private static void Write(CanonicalWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.BeginObject();
                foreach (var member in writer.IsYaml ? element.EnumerateObject().OrderBy(static m => m.Name, KeyOrder.Instance) : element.EnumerateObject().AsEnumerable())
                {
                    writer.Name(member.Name);
                    Write(writer, member.Value);
                }
                writer.EndObject();
                break;
            case JsonValueKind.Array when element.GetArrayLength() == 0 && NullsEmptyLists(writer):
                writer.RawValue("null");
                break;
            case JsonValueKind.Array:
                writer.BeginArray();
                foreach (var item in element.EnumerateArray()) Write(writer, item);
                writer.EndArray();
                break;
            case JsonValueKind.String:
                writer.StringValue(element.GetString()!);
                break;
            default:
                writer.RawValue(element.GetRawText());
                break;
        }
    }
}
