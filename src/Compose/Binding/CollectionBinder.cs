using System.Collections.Immutable;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Binding;

internal sealed partial class Binder
{
    internal ImmutableArray<string> Strings(Node? node)
    {
        if (Items(node) is not { Count: > 0 } items) return [];
        var list = ImmutableArray.CreateBuilder<string>(items.Count);
        foreach (var item in items) list.Add(StringOrEmpty(item));
        return list.MoveToImmutable();
    }

    internal ImmutableArray<string> StringList(Node? node) =>
        node is ScalarNode { Kind: ScalarKind.String } scalar ? [scalar.Text] : Strings(node);

    internal ImmutableArray<string> StringOrNumberList(Node? node)
    {
        if (node is ScalarNode { Kind: ScalarKind.String } scalar) return [scalar.Text];
        if (Items(node) is not { Count: > 0 } items) return [];
        var list = ImmutableArray.CreateBuilder<string>(items.Count);
        foreach (var item in items) list.Add(item is ScalarNode { IsNull: false } value ? value.Print() : StringOrEmpty(item));
        return list.MoveToImmutable();
    }

    /// <summary>The canonical form prints a required env file as its path.</summary>
    internal ImmutableArray<EnvFile> EnvFiles(Node? node)
    {
        if (Items(node) is not { Count: > 0 } items) return [];
        return [.. items.Select(item => item is ScalarNode path ? new EnvFile { Path = String(path), Required = true } : Object(item, Bind.EnvFile)).OfType<EnvFile>()];
    }

    /// <summary>KEY=VALUE pairs as a list, or a mapping; a key without value is an empty string.</summary>
    internal ImmutableSortedDictionary<string, string> Mapping(Node? node) => Pairs(node, static (_, value) => value ?? "");

    internal ImmutableSortedDictionary<string, string> Labels(Node? node) => Mapping(node);

    internal ImmutableSortedDictionary<string, string> Options(Node? node) => Map(node, Print, keepNull: true);

    /// <summary>A mapping whose values are strings or integers, nothing else.</summary>
    internal ImmutableSortedDictionary<string, string> StringMapping(Node? node) => Map(node, StringOrEmpty, keepNull: true);

    /// <summary>Key ids and their paths; the canonical form prints them as a list.</summary>
    internal ImmutableSortedDictionary<string, string> SshKeys(Node? node) => node is SequenceNode ? Mapping(node) : Map(node, Print, keepNull: true);

    /// <summary>As <see cref="Mapping"/>, but a key without value keeps none.</summary>
    internal ImmutableSortedDictionary<string, string?> MappingWithEquals(Node? node) => Pairs(node, (item, value) =>
    {
        if (item is ScalarNode { Kind: ScalarKind.String } scalar && KeyOf(scalar.Text) is { Length: > 0 } key && char.IsWhiteSpace(key[^1]))
            diagnostics.Error(item.Position, $"variable `{key.TrimEnd()}` has a space before `=`; write {key.TrimEnd()}=VALUE");
        return value;
    });

    private static string KeyOf(string pair) => pair.IndexOf('=') is var i and >= 0 ? pair[..i] : pair;

    internal ImmutableSortedDictionary<string, ImmutableArray<string>> MultiOptions(Node? node) =>
        Map(node, value => value is SequenceNode list ? [.. list.Items.Select(Print)] : (ImmutableArray<string>)[Print(value)], keepNull: true);

    /// <summary>Host names and their addresses: a mapping, or a list of `host=address` and `host:address`.</summary>
    internal ImmutableSortedDictionary<string, ImmutableArray<string>> Hosts(Node? node)
    {
        var hosts = Sorted<ImmutableArray<string>>.Empty.ToBuilder();
        if (node is MappingNode map)
        {
            foreach (var entry in map)
                Add(entry.KeyPosition, entry.Key, entry.Value is SequenceNode list ? [.. list.Items.Select(Print)] : [Print(entry.Value)]);
        }
        else if (Items(node) is { } items)
        {
            foreach (var item in items)
            {
                var text = Print(item);
                var cut = text.IndexOf('=') is var equals and >= 0 ? equals : text.IndexOf(':');
                if (cut < 0) diagnostics.Error(item.Position, $"`{text}` names no address; write `{text}=ADDRESS`");
                else Add(item.Position, text[..cut], [.. hosts.GetValueOrDefault(text[..cut], []), .. text[(cut + 1)..].Split(',')]);
            }
        }
        return hosts.ToImmutable();

        void Add(Position at, string host, ImmutableArray<string> addresses)
        {
            if (host.Length == 0 || host.AsSpan().ContainsAny(':', '=')) diagnostics.Error(at, $"`{host}` is not a host name; it may not be empty nor have `:` or `=` in it");
            else hosts[host] = [.. addresses.Select(a => a.Length > 2 && a[0] == '[' && a[^1] == ']' ? a[1..^1] : a)];
        }
    }

    private ImmutableSortedDictionary<string, T> Pairs<T>(Node? node, Func<Node, string?, T> value)
    {
        if (node is null or { IsNull: true }) return Sorted<T>.Empty;
        var pairs = Sorted<T>.Empty.ToBuilder();
        if (node is MappingNode map)
        {
            foreach (var entry in map) pairs[entry.Key] = value(map, entry.Value.IsNull ? null : Print(entry.Value));
        }
        else if (Items(node) is { } items)
        {
            foreach (var item in items)
            {
                var text = Print(item);
                var cut = text.IndexOf('=');
                pairs[cut < 0 ? text : text[..cut]] = value(item, cut < 0 ? null : text[(cut + 1)..]);
            }
        }
        return pairs.ToImmutable();
    }

    private string Print(Node node)
    {
        if (node is ScalarNode scalar) return scalar.Print();
        Refuse(node, "a string, a number or a boolean");
        return "";
    }
}
