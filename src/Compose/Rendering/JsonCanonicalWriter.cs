using System.Globalization;
using System.Text;

namespace Devoxx.Compose.Rendering;

/// <summary>
/// JSON as Go's encoding/json indents and escapes it: two spaces, <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> escaped, no newline
/// at the end.
/// </summary>
internal sealed class JsonCanonicalWriter(bool indented = true) : CanonicalWriter
{
    private readonly StringBuilder _text = new(4096);
    private int _depth;
    private bool _first = true;
    private bool _afterName;

    internal override bool IsYaml => false;

    public override string ToString() => _text.ToString();

    internal override void BeginObject() => Begin('{');
    internal override void EndObject() => End('}');
    internal override void BeginArray() => Begin('[');
    internal override void EndArray() => End(']');

    internal override void Name(string key)
    {
        Separate();
        Quote(key);
        _text.Append(indented ? ": " : ":");
        _afterName = true;
    }

    internal override void StringValue(string value)
    {
        Separate();
        Quote(value);
    }

    internal override void RawValue(string value)
    {
        Separate();
        _text.Append(value);
    }

    private void Begin(char bracket)
    {
        Separate();
        _text.Append(bracket);
        _depth++;
        _first = true;
    }

    private void End(char bracket)
    {
        _depth--;
        if (!_first) NewLine();
        _text.Append(bracket);
        _first = false;
    }

    private void Separate()
    {
        if (_afterName)
        {
            _afterName = false;
            return;
        }
        if (_depth == 0) return;
        if (!_first) _text.Append(',');
        _first = false;
        NewLine();
    }

    private void NewLine()
    {
        if (indented) _text.Append('\n').Append(' ', _depth * 2);
    }

    private void Quote(string value)
    {
        _text.Append('"');
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c >= ' ' && c is not ('"' or '\\' or '<' or '>' or '&' or '\u2028' or '\u2029') && !char.IsSurrogate(c)) continue;
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
                continue;
            }
            _text.Append(value, start, i - start);
            start = i + 1;
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                _ when char.IsSurrogate(c) => _text.Append("\\ufffd"),
                _ => _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }
        _text.Append(value, start, value.Length - start).Append('"');
    }
}
