using System.Collections.Immutable;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Interpolation;

/// <summary>The variables in the strings of a tree, nested ones too; the last mention of a name counts.</summary>
internal static class TemplateVariables
{
    internal static ImmutableArray<TemplateVariable> In(Node tree)
    {
        var found = new SortedDictionary<string, TemplateVariable>(StringComparer.Ordinal);
        Walk(tree, found);
        return [.. found.Values];
    }

    private static void Walk(Node node, SortedDictionary<string, TemplateVariable> found)
    {
        switch (node)
        {
            case MappingNode map:
                foreach (var entry in map) Walk(entry.Value, found);
                break;
            case SequenceNode list:
                foreach (var item in list.Items) Walk(item, found);
                break;
            case ScalarNode { Kind: ScalarKind.String } scalar:
                Text(scalar.Text, found);
                break;
        }
    }

    private static void Text(string text, SortedDictionary<string, TemplateVariable> found)
    {
        for (var i = text.IndexOf('$'); i >= 0 && i + 1 < text.Length; i = text.IndexOf('$', i))
        {
            var next = text[i + 1];
            if (Template.IsNameStart(next))
            {
                var length = Template.NameLength(text.AsSpan(i + 1));
                Add(new(text.Substring(i + 1, length), false, "", ""), found);
                i += 1 + length;
            }
            else if (next == '{' && Template.BracedLength(text.AsSpan(i)) is var length and > 0)
            {
                Braced(text.Substring(i, length), found);
                i += length;
            }
            else i += next == '$' ? 2 : 1;
            if (i >= text.Length) return;
        }
    }

    private static void Braced(string match, SortedDictionary<string, TemplateVariable> found)
    {
        var close = Template.ClosingBrace(match);
        if (close < 0) close = match.Length - 1;
        var inner = match[2..close];
        var nameLength = Template.NameLength(inner);
        var (name, rest) = (inner[..nameLength], inner[nameLength..]);
        var colon = rest.StartsWith(':');
        var op = rest.Length > (colon ? 1 : 0) ? rest[colon ? 1 : 0] : '\0';
        var argument = op == '\0' ? "" : rest[(colon ? 2 : 1)..];
        Text(match[(close + 1)..], found);
        Add(new(name, op == '?', op == '-' ? argument : "", op == '+' ? argument : ""), found);
        if (op is '-' or '+') Text(argument, found);
    }

    private static void Add(TemplateVariable variable, SortedDictionary<string, TemplateVariable> found) => found[variable.Name] = variable;
}
