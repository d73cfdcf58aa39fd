using System.Globalization;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Tree;

internal enum ScalarKind { Null, Boolean, Integer, Float, Timestamp, String }

/// <summary>A resolved scalar.</summary>
internal sealed class ScalarNode : Node
{
    private ScalarNode(Position position, ScalarKind kind, string text, long integer, double number) : base(position) =>
        (Kind, Text, Integer, Number) = (kind, text, integer, number);

    internal ScalarKind Kind { get; }

    /// <summary>The string, or the scalar as it was written.</summary>
    internal string Text { get; }

    /// <summary>The value of an integer; 1 or 0 for a boolean.</summary>
    internal long Integer { get; }

    /// <summary>The value of a float.</summary>
    internal double Number { get; }

    internal bool IsTrue => Kind == ScalarKind.Boolean && Integer == 1;

    internal static ScalarNode Null(Position position) => new(position, ScalarKind.Null, "", 0, 0);

    internal static ScalarNode String(Position position, string text) => new(position, ScalarKind.String, text, 0, 0);

    internal static ScalarNode Boolean(Position position, bool value) => new(position, ScalarKind.Boolean, value ? "true" : "false", value ? 1 : 0, 0);

    internal static ScalarNode Int(Position position, long value, string? text = null) =>
        new(position, ScalarKind.Integer, text ?? GoFormat.Integer(value), value, value);

    internal static ScalarNode Float(Position position, double value, string? text = null) =>
        new(position, ScalarKind.Float, text ?? GoFormat.General(value), 0, value);

    /// <summary>An integer beyond <see cref="long.MaxValue"/>: a float that keeps its digits.</summary>
    internal static ScalarNode Unsigned(Position position, string digits, string text) =>
        new(position, ScalarKind.Float, text, 0, double.Parse(digits, CultureInfo.InvariantCulture)) { Digits = digits };

    private string? Digits { get; init; }

    internal static ScalarNode Timestamp(Position position, string text) => new(position, ScalarKind.Timestamp, text, 0, 0);

    /// <summary>The value as the reference prints it with <c>%v</c>; null prints as nothing.</summary>
    internal string Print() => Kind switch
    {
        ScalarKind.Integer => GoFormat.Integer(Integer),
        ScalarKind.Float => Digits ?? GoFormat.General(Number),
        ScalarKind.Null => "",
        _ => Text,
    };

    /// <summary>A finite float as JSON.</summary>
    internal string PrintJson() => Digits ?? GoFormat.Json(Number);

    internal override Node Clone() => this;

    internal override bool SameAs(Node other) => other is ScalarNode s && s.Kind == Kind && Kind switch
    {
        ScalarKind.Null => true,
        ScalarKind.Boolean or ScalarKind.Integer => s.Integer == Integer,
        ScalarKind.Float => s.Number.Equals(Number),
        _ => s.Text == Text,
    };
}
