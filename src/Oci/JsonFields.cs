using System.Text.Json;

namespace Devoxx.Oci;

/// <summary>Reads members of a JSON object; absent and null are the same. A value of another type throws <see cref="JsonException"/> naming the member.</summary>
internal static class JsonFields
{
    public static JsonElement? Field(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"an object is needed where {name} is looked for");
        }

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public static string? Text(this JsonElement element, string name) => element.Field(name) is { } value ? TextOf(value, name) : null;

    public static string NeedText(this JsonElement element, string name) => element.Text(name) ?? throw new JsonException($"{name} is missing");

    public static bool? Flag(this JsonElement element, string name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new JsonException($"{name} must be true or false"),
    };

    public static long? Integer(this JsonElement element, string name) =>
        element.Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
        : throw new JsonException($"{name} must be a whole number");

    public static ulong? Unsigned(this JsonElement element, string name) =>
        element.Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number) ? number
        : throw new JsonException($"{name} must be a whole number not below zero");

    public static uint? Small(this JsonElement element, string name) =>
        element.Field(name) is { } value ? SmallOf(value, name) : null;

    public static int? Int(this JsonElement element, string name) =>
        element.Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw new JsonException($"{name} must be a whole number");

    public static List<T>? List<T>(this JsonElement element, string name, Func<JsonElement, T> read)
    {
        if (element.Field(name) is not { } array)
        {
            return null;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException($"{name} must be a list");
        }

        var list = new List<T>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            list.Add(read(item));
        }

        return list;
    }

    public static List<string>? Texts(this JsonElement element, string name) => element.List(name, item => TextOf(item, name));

    public static List<uint>? Smalls(this JsonElement element, string name) => element.List(name, item => SmallOf(item, name));

    public static Dictionary<string, T>? Map<T>(this JsonElement element, string name, Func<JsonElement, T> read)
    {
        if (element.Field(name) is not { } map)
        {
            return null;
        }

        if (map.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"{name} must be an object");
        }

        var entries = new Dictionary<string, T>();
        foreach (var entry in map.EnumerateObject())
        {
            entries[entry.Name] = read(entry.Value);
        }

        return entries;
    }

    public static Dictionary<string, string>? TextMap(this JsonElement element, string name) => element.Map(name, item => TextOf(item, name));

    private static string TextOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException($"{name} must be a text");

    private static uint SmallOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out var number) ? number
        : throw new JsonException($"{name} must be a whole number from 0 to {uint.MaxValue}");
}
