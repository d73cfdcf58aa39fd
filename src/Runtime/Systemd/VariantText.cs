using System.Globalization;
using System.Text;
using Devoxx.Native.Systemd;

namespace Devoxx.Runtime.Systemd;

/// <summary>Values as GVariant's text format has them (docs.gtk.org, "GVariant Text Format"): <c>true</c>, <c>'text'</c>, <c>uint64 5</c>, <c>['a', 'b']</c>, <c>@as []</c>. Pure.</summary>
internal ref struct VariantText
{
    private readonly string _text;
    private int _at;

    private VariantText(string text) => _text = text;

    /// <exception cref="FormatException">Says what cannot be read, and where.</exception>
    public static DBusValue Parse(string text)
    {
        var parser = new VariantText(text);
        var value = parser.Value(null);
        return parser.Next() == '\0' ? value : throw parser.Unexpected();
    }

    /// <param name="type">The signature that it must have; null when it is not known yet.</param>
    private DBusValue Value(string? type)
    {
        switch (Next())
        {
            case '@':
                _at++;
                var end = _text.IndexOf(' ', _at);
                end = end < 0 ? throw Unexpected() : end;
                type = _text[_at..end];
                _at = end;
                return Value(type);
            case '\'' or '"':
                return Text(type ?? "s", Quoted());
            case '[':
                return Array(type);
            case '(':
                return DBusValue.Struct(List(')', null));
            case '<':
                _at++;
                var inner = Value(null);
                Expect('>');
                return DBusValue.Variant(inner);
            case '-' or '+' or '.' or >= '0' and <= '9':
                return Number(type, Word());
            default:
                return Named(type, Word());
        }
    }

    private DBusValue Named(string? type, string word)
    {
        if (word is "true" or "false")
        {
            return DBusValue.Boolean(word == "true");
        }

        var named = word switch
        {
            "boolean" => "b", "byte" => "y", "int16" => "n", "uint16" => "q", "int32" => "i", "uint32" => "u", "int64" => "x", "uint64" => "t",
            "double" => "d", "string" => "s", "objectpath" => "o", "signature" => "g", _ => throw Unexpected(),
        };
        return type is null || type == named ? Value(named) : throw Unexpected();
    }

    private DBusValue Number(string? type, string word)
    {
        var isInteger = !word.AsSpan().ContainsAny(".eE") || word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        type ??= isInteger ? "i" : "d";
        return type switch
        {
            "d" => DBusValue.Double(double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture)),
            "y" or "n" or "q" or "i" or "u" or "x" or "t" => DBusValue.Integer(type[0], word),
            _ => throw Unexpected(),
        };
    }

    private static DBusValue Text(string type, string text) => type switch
    {
        "s" => DBusValue.Text(text),
        "o" => DBusValue.ObjectPath(text),
        "g" => DBusValue.OfSignature(text),
        _ => throw new FormatException($"'{text}' is no value of type '{type}'"),
    };

    private DBusValue Array(string? type)
    {
        if (type is not (null or ['a', _, ..]))
        {
            throw Unexpected();
        }

        var elements = List(']', type?[1..]);
        return DBusValue.Array(type?[1..] ?? (elements.Count > 0 ? elements[0].Signature : throw new FormatException("the type of an empty array must be said: @as []")), elements);
    }

    /// <summary>Up to a closing bracket. Of an array every element has the type of the first one.</summary>
    private List<DBusValue> List(char close, string? element)
    {
        var all = new List<DBusValue>();
        _at++;
        while (Next() != close)
        {
            all.Add(Value(element));
            element ??= close == ']' ? all[0].Signature : null;
            if (Next() == ',')
            {
                _at++;
            }
            else if (Next() != close)
            {
                throw Unexpected();
            }
        }

        _at++;
        return all;
    }

    private string Quoted()
    {
        var quote = _text[_at++];
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            var letter = _text[_at++];
            if (letter != '\\' || _at == _text.Length)
            {
                text.Append(letter);
                continue;
            }

            letter = _text[_at++];
            text.Append(letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => letter });
        }

        Expect(quote);
        return text.ToString();
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || "+-.".Contains(_text[_at])))
        {
            _at++;
        }

        return start == _at ? throw Unexpected() : _text[start.._at];
    }

    private void Expect(char letter)
    {
        if (Next() != letter)
        {
            throw Unexpected();
        }

        _at++;
    }

    /// <summary>The next letter that is no space, without taking it; NUL at the end.</summary>
    private char Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : '\0';
    }

    private readonly FormatException Unexpected() => new(_at < _text.Length ? $"'{_text[_at..]}' is not expected" : "it ends too soon");
}
