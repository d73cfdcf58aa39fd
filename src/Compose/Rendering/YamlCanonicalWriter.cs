using System.Text;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Rendering;

/// <summary>Block YAML with two spaces of indent, strings quoted only where they would read as something else.</summary>
internal sealed class YamlCanonicalWriter : CanonicalWriter
{
    private enum Slot { Top, AfterKey, Item }

    private sealed class Level(bool isArray, int indent, Slot slot)
    {
        internal bool IsArray => isArray;
        internal int Indent => indent;
        internal Slot Slot => slot;
        internal bool Empty { get; set; } = true;
    }

    private readonly StringBuilder _text = new(4096);
    private readonly Stack<Level> _levels = new();
    private bool _afterName;

    internal override bool IsYaml => true;

    public override string ToString() => _text.ToString();

    internal override void BeginObject() => Begin(isArray: false);
    internal override void EndObject() => End("{}");
    internal override void BeginArray() => Begin(isArray: true);
    internal override void EndArray() => End("[]");

    internal override void Name(string key)
    {
        var level = _levels.Peek();
        StartEntry(level);
        _text.Append(Scalar(key, level.Indent)).Append(':');
        _afterName = true;
    }

    internal override void StringValue(string value) => Value(Scalar(value, _levels.Count == 0 ? 0 : _levels.Peek().Indent + 2));

    internal override void RawValue(string value) => Value(value);

    private void Value(string text)
    {
        var slot = TakeSlot();
        if (slot == Slot.AfterKey) _text.Append(' ');
        _text.Append(text).Append('\n');
    }

    private void Begin(bool isArray)
    {
        var outer = _levels.Count == 0 ? -2 : _levels.Peek().Indent;
        _levels.Push(new Level(isArray, outer + 2, TakeSlot()));
    }

    private void End(string empty)
    {
        var level = _levels.Pop();
        if (!level.Empty) return;
        if (level.Slot == Slot.AfterKey) _text.Append(' ');
        _text.Append(empty).Append('\n');
    }

    /// <summary>Where the next value goes; an item of a list gets its dash.</summary>
    private Slot TakeSlot()
    {
        if (_afterName)
        {
            _afterName = false;
            return Slot.AfterKey;
        }
        if (_levels.Count == 0) return Slot.Top;
        var level = _levels.Peek();
        StartEntry(level);
        _text.Append("- ");
        return Slot.Item;
    }

    private void StartEntry(Level level)
    {
        // The first entry of a mapping that is a list item stands on the dash's own line.
        if (level.Empty && level.Slot == Slot.AfterKey) _text.Append('\n');
        if (!level.Empty || level.Slot != Slot.Item) _text.Append(' ', level.Indent);
        level.Empty = false;
    }

    private static string Scalar(string value, int indent)
    {
        if (value.Contains('\n') && IsBlock(value)) return Block(value, indent);
        if (IsPlain(value)) return value;
        return value.AsSpan().ContainsAnyInRange('\0', '\x1f') || value.Contains('\x7f') || Ambiguous(value) ? DoubleQuoted(value) : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>A string that unquoted would be a number, a boolean, null or a date.</summary>
    private static bool Ambiguous(string value) =>
        ScalarResolver.Plain(Position.None, value).Kind != ScalarKind.String || value is "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" || IsBase60(value);

    /// <summary>What YAML 1.1 reads as a number of base 60, such as 1:30.</summary>
    private static bool IsBase60(string value)
    {
        var parts = value.Split(':');
        if (parts.Length < 2) return false;
        var first = parts[0].AsSpan().TrimStart("+-");
        if (parts[0].Length - first.Length > 1 || first.IsEmpty || !char.IsAsciiDigit(first[0]) || first.ContainsAnyExcept("0123456789_")) return false;
        var point = parts[^1].IndexOf('.');
        if (point >= 0)
        {
            if (parts[^1].AsSpan(point + 1).ContainsAnyExcept("0123456789_")) return false;
            parts[^1] = parts[^1][..point];
        }
        return parts.Skip(1).All(static part => part.Length is 1 or 2 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] < '6'));
    }

    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || Ambiguous(value) || value == "<<") return false;
        if (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]) || value[^1] == ':') return false;
        if (value[0] is ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`') return false;
        if (value[0] is '-' or '?' or ':' && (value.Length == 1 || value[1] == ' ')) return false;
        if (value.StartsWith("---", StringComparison.Ordinal) || value.StartsWith("...", StringComparison.Ordinal)) return false;
        if (value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal)) return false;
        foreach (var c in value)
            if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff' || char.IsSurrogate(c) && value.Length < 2) return false;
        return true;
    }

    private static bool IsBlock(string value)
    {
        if (value[0] is ' ' or '\n' or '\t') return false;
        foreach (var line in value.AsSpan().EnumerateLines())
            if (line.Length > 0 && (line[^1] is ' ' or '\t' || line.ContainsAnyInRange('\0', '\x08') || line.ContainsAnyInRange('\x0b', '\x1f'))) return false;
        return !value.AsSpan().ContainsAny("\r\u0085\u2028\u2029\x7f\v\f");
    }

    private static string Block(string value, int indent)
    {
        var text = new StringBuilder("|");
        if (!value.EndsWith('\n')) text.Append('-');
        else if (value.EndsWith("\n\n", StringComparison.Ordinal)) text.Append('+');
        var body = value.EndsWith('\n') ? value[..^1] : value;
        foreach (var line in body.Split('\n'))
        {
            text.Append('\n');
            if (line.Length > 0) text.Append(' ', Math.Max(indent, 2)).Append(line);
        }
        return text.ToString();
    }

    private static string DoubleQuoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff' => text.Append($"\\u{(int)c:X4}"),
                _ => text.Append(c),
            };
        return text.Append('"').ToString();
    }
}
