using System.Globalization;
using System.Text;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Yaml;

/// <summary>
/// The type of a scalar. As the reference does (go-yaml v3): YAML 1.2 booleans (<c>yes</c> and <c>on</c> are strings), but
/// also the octals (<c>0755</c>), underscores and dates of YAML 1.1.
/// </summary>
internal static class ScalarResolver
{
    internal static ScalarNode Resolve(YamlNode node)
    {
        var (position, text) = (node.Position, node.Value);
        switch (node.Tag)
        {
            case "":
                return node.Plain ? Plain(position, text) : ScalarNode.String(position, text);
            case "!!str":
                return ScalarNode.String(position, text);
            case "!!binary":
                var bytes = new byte[text.Length];
                if (!Convert.TryFromBase64String(text, bytes, out var length)) throw new ComposeException(position, "!!binary is not followed by base64");
                return ScalarNode.String(position, Encoding.UTF8.GetString(bytes, 0, length));
            case "!!bool":
                return Expect(position, text, node.Tag, ScalarKind.Boolean);
            case "!!int":
                return Expect(position, text, node.Tag, ScalarKind.Integer);
            case "!!null":
                return Expect(position, text, node.Tag, ScalarKind.Null);
            case "!!timestamp":
                return Expect(position, text, node.Tag, ScalarKind.Timestamp);
            case "!!float":
                var number = Plain(position, text);
                return number.Kind == ScalarKind.Integer ? ScalarNode.Float(position, number.Integer, text) : Expect(position, text, node.Tag, ScalarKind.Float);
            default:
                return ScalarNode.String(position, text);
        }
    }

    private static ScalarNode Expect(Position position, string text, string tag, ScalarKind kind)
    {
        var scalar = Plain(position, text);
        return scalar.Kind == kind ? scalar : throw new ComposeException(position, $"cannot read `{text}` as {tag}");
    }

    internal static ScalarNode Plain(Position position, string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarNode.Null(position);
            case "true" or "True" or "TRUE":
                return ScalarNode.Boolean(position, true);
            case "false" or "False" or "FALSE":
                return ScalarNode.Boolean(position, false);
            case ".nan" or ".NaN" or ".NAN":
                return ScalarNode.Float(position, double.NaN, text);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return ScalarNode.Float(position, double.PositiveInfinity, text);
            case "-.inf" or "-.Inf" or "-.INF":
                return ScalarNode.Float(position, double.NegativeInfinity, text);
        }
        var first = text[0];
        if (first == '.') return Float(position, text, text);
        if (first is not ('+' or '-') && !char.IsAsciiDigit(first)) return ScalarNode.String(position, text);
        if (Timestamp.IsOne(text)) return ScalarNode.Timestamp(position, text);
        var plain = text.Contains('_') ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (Integer(plain) is { } integer) return ScalarNode.Int(position, integer, text);
        // Between the largest signed and the largest unsigned integer, Go has a type of its own, which prints its digits.
        return IsUnsigned(plain) ? ScalarNode.Unsigned(position, plain, text) : Float(position, plain, text);
    }

    private static bool IsUnsigned(string plain) => plain[0] is >= '1' and <= '9' && ulong.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>A number too large to be one is a string.</summary>
    private static ScalarNode Float(Position position, string plain, string text) =>
        IsFloat(plain) && double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture) is var value && double.IsFinite(value)
            ? ScalarNode.Float(position, value, text)
            : ScalarNode.String(position, text);

    private static long? Integer(ReadOnlySpan<char> text)
    {
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '-' or '+') text = text[1..];
        if (text.IsEmpty) return null;
        ulong value;
        if (text.Length > 1 && text[0] == '0')
        {
            var radix = text[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 };
            var digits = radix == 0 ? text[1..] : text[2..];
            if (!Digits(digits, radix == 0 ? 8u : (uint)radix, out value)) return null;
        }
        else if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return null;
        if (negative) return value <= 1ul << 63 ? -(long)value : null;
        return value <= long.MaxValue ? (long)value : null;
    }

    private static bool Digits(ReadOnlySpan<char> digits, uint radix, out ulong value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 64) return false;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? (uint)Convert.ToInt32(c.ToString(), 16) : uint.MaxValue;
            if (digit >= radix || value > (ulong.MaxValue - digit) / radix) return false;
            value = value * radix + digit;
        }
        return true;
    }

    /// <summary>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?</summary>
    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] is '-' or '+') text = text[1..];
        var whole = Run(ref text);
        var fraction = 0;
        if (!text.IsEmpty && text[0] == '.')
        {
            text = text[1..];
            fraction = Run(ref text);
        }
        if (whole == 0 && fraction == 0) return false;
        if (text.IsEmpty) return true;
        if (text[0] is not ('e' or 'E')) return false;
        text = text[1..];
        if (!text.IsEmpty && text[0] is '-' or '+') text = text[1..];
        return Run(ref text) > 0 && text.IsEmpty;

        static int Run(ref ReadOnlySpan<char> rest)
        {
            var length = rest.IndexOfAnyExceptInRange('0', '9');
            if (length < 0) length = rest.Length;
            rest = rest[length..];
            return length;
        }
    }
}
