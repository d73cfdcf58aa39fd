using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>Makes an object of any record, every member of it set to something that is not its default.</summary>
internal static class Sample
{
    public static object Of(Type type) => Of(type, type.Name, 0)!;

    private static object? Of(Type type, string name, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, name, depth);
        }

        if (type == typeof(string))
        {
            return name switch
            {
                "containerId" => new string('a', 64),
                _ => $"a {name}",
            };
        }

        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return 7;
        if (type == typeof(uint)) return 7u;
        if (type == typeof(long)) return 7_000_000_000L;
        if (type == typeof(ulong)) return 7_000_000_000UL;
        if (type == typeof(double)) return 1.5;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 11, 23, 17, 24, 58, 123, TimeSpan.Zero);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(12.5);
        if (type == typeof(JsonElement)) return JsonElement.Parse($$"""{ "name": "a {{name}}", "services": { } }""");
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type.IsArray) return ArrayOf(type.GetElementType()!, name, depth);
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return Collection(type, name, depth);
        return depth > 6 ? null : Record(type, depth);
    }

    private static object Record(Type type, int depth)
    {
        var constructor = type.GetConstructors().OrderByDescending(each => each.GetParameters().Length)
            .First(each => each.GetParameters() is not [{ ParameterType: var only }] || only != type);
        var made = constructor.Invoke([.. constructor.GetParameters().Select(each => Of(each.ParameterType, each.Name!, depth + 1))]);
        var given = constructor.GetParameters().Select(each => each.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !given.Contains(property.Name))
            {
                property.SetValue(made, Of(property.PropertyType, char.ToLowerInvariant(property.Name[0]) + property.Name[1..], depth + 1));
            }
        }

        return made;
    }

    private static Array ArrayOf(Type element, string name, int depth)
    {
        var array = Array.CreateInstance(element, 1);
        array.SetValue(Of(element, name, depth + 1), 0);
        return array;
    }

    // Immutable collections: by their builder method on an array, or on key-value pairs.
    private static object Collection(Type type, string name, int depth)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var pair = typeof(KeyValuePair<,>).MakeGenericType(arguments);
            var pairs = Array.CreateInstance(pair, 1);
            pairs.SetValue(Activator.CreateInstance(pair, Of(arguments[0], "key", depth + 1), Of(arguments[1], name, depth + 1)), 0);
            return Create(type, "CreateRange", arguments, pairs);
        }

        return Create(type, "CreateRange", arguments, ArrayOf(arguments[0], name, depth));
    }

    private static object Create(Type type, string method, Type[] arguments, Array items)
    {
        var definition = type.GetGenericTypeDefinition();
        var factory = type.Assembly.GetType(definition.FullName![..definition.FullName!.IndexOf('`')])
            ?? throw new NotSupportedException($"{type} in an event: use an immutable collection");
        return factory.GetMethods().First(each => each.Name == method && each.GetParameters() is [{ ParameterType: var only }]
            && only.IsGenericType && only.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .MakeGenericMethod(arguments).Invoke(null, [items])!;
    }
}
