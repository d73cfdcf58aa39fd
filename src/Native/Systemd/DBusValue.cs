using System.Globalization;

namespace Devoxx.Native.Systemd;

/// <summary>A value with its type, as D-Bus writes both (D-Bus specification, "Type System").</summary>
public sealed class DBusValue
{
    private readonly Action<DBusWriter> _write;
    private readonly Func<string> _show;

    private DBusValue(string signature, Func<string> show, Action<DBusWriter> write)
    {
        Signature = signature;
        _show = show;
        _write = write;
    }

    /// <summary>Of one complete type: <c>as</c>.</summary>
    public string Signature { get; }

    public static DBusValue Text(string value) => new("s", () => $"'{value}'", writer => writer.Text(value));

    public static DBusValue ObjectPath(string value) => new("o", () => $"'{value}'", writer => writer.Text(value));

    public static DBusValue OfSignature(string value) => new("g", () => $"'{value}'", writer => writer.Signature(value));

    public static DBusValue Boolean(bool value) => new("b", () => value ? "true" : "false", writer => writer.Number(value ? 1 : 0, 4));

    public static DBusValue UInt32(uint value) => new("u", value.ToString, writer => writer.Number(value, 4));

    public static DBusValue UInt64(ulong value) => new("t", value.ToString, writer => writer.Number((long)value, 8));

    public static DBusValue Double(double value) =>
        new("d", () => value.ToString(CultureInfo.InvariantCulture), writer => writer.Number(BitConverter.DoubleToInt64Bits(value), 8));

    /// <param name="type">One of <c>y n q i u x t</c>: byte, and signed or not in 16, 32 and 64 bits.</param>
    /// <exception cref="FormatException">It is no number, or does not fit.</exception>
    public static DBusValue Integer(char type, string text)
    {
        // The largest number, and how far down it goes below zero.
        var (most, least, size) = type switch
        {
            'y' => ((ulong)byte.MaxValue, 0UL, 1),
            'n' => ((ulong)short.MaxValue, 1UL << 15, 2),
            'q' => ((ulong)ushort.MaxValue, 0UL, 2),
            'i' => ((ulong)int.MaxValue, 1UL << 31, 4),
            'u' => ((ulong)uint.MaxValue, 0UL, 4),
            'x' => ((ulong)long.MaxValue, 1UL << 63, 8),
            't' => (ulong.MaxValue, 0UL, 8),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        var isNegative = text.StartsWith('-');
        var digits = text.AsSpan(isNegative || text.StartsWith('+') ? 1 : 0);
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!ulong.TryParse(isHex ? digits[2..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var distance)
            || distance > (isNegative ? least : most))
        {
            throw new FormatException($"'{text}' is no number from {(least > 0 ? "-" : "")}{least} to {most}");
        }

        var value = unchecked((long)(isNegative ? 0 - distance : distance));
        return new(type.ToString(), type == 't' ? ((ulong)value).ToString : value.ToString, writer => writer.Number(value, size));
    }

    public static DBusValue Bytes(byte[] value) => new("ay", () => $"[{string.Join(", ", value)}]", writer => writer.Array(1, () => writer.Raw(value)));

    /// <param name="element">The signature of each, which one that is empty cannot tell.</param>
    public static DBusValue Array(string element, params IReadOnlyList<DBusValue> values)
    {
        if (values.FirstOrDefault(value => value.Signature != element) is { } other)
        {
            throw new FormatException($"an array of '{element}' has no room for a value of type '{other.Signature}'");
        }

        return new("a" + element, () => $"[{Show(values)}]", writer => writer.Array(DBusWriter.Alignment(element[0]), () =>
        {
            foreach (var value in values)
            {
                value.Write(writer);
            }
        }));
    }

    public static DBusValue Struct(params IReadOnlyList<DBusValue> fields) => new($"({string.Concat(fields.Select(field => field.Signature))})", () => $"({Show(fields)})", writer =>
    {
        writer.Align(8);
        foreach (var field in fields)
        {
            field.Write(writer);
        }
    });

    public static DBusValue Variant(DBusValue value) => new("v", () => $"<{value}>", writer =>
    {
        writer.Signature(value.Signature);
        value.Write(writer);
    });

    /// <summary>Names with values of any type, as systemd takes them: <c>a(sv)</c>.</summary>
    public static DBusValue Properties(IEnumerable<UnitProperty> properties) =>
        Array("(sv)", [.. properties.Select(property => Struct(Text(property.Name), Variant(property.Value)))]);

    /// <summary>As GVariant's text format has it, without types.</summary>
    public override string ToString() => _show();

    internal void Write(DBusWriter writer) => _write(writer);

    private static string Show(IReadOnlyList<DBusValue> values) => string.Join(", ", values);
}
