using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Binding;

internal sealed partial class Binder
{
    /// <summary>A string; an empty one is as good as none.</summary>
    internal string? String(Node? node)
    {
        var text = StringOrEmpty(node);
        return text.Length == 0 ? null : text;
    }

    internal string StringOrEmpty(Node? node)
    {
        if (node is null or { IsNull: true }) return "";
        if (node is ScalarNode { Kind: ScalarKind.String or ScalarKind.Integer } scalar) return scalar.Print();
        Refuse(node, "a string");
        return "";
    }

    internal bool Flag(Node? node) => OptionalFlag(node) ?? false;

    internal bool? OptionalFlag(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode { Kind: ScalarKind.Boolean } scalar:
                return scalar.IsTrue;
            case ScalarNode { Kind: ScalarKind.String } scalar when Booleans.Parse(scalar.Text) is { } value:
                return value;
            default:
                Refuse(node, "true or false");
                return null;
        }
    }

    internal long? Integer(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode { Kind: ScalarKind.Integer } scalar:
                return scalar.Integer;
            case ScalarNode { Kind: ScalarKind.Float } scalar:
                return Truncated(scalar.Number);
            case ScalarNode { Kind: ScalarKind.String } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value):
                return value;
            default:
                Refuse(node, "an integer");
                return null;
        }
    }

    /// <summary>What is none that fits, infinity above all, is the smallest integer, as the reference has it on x86.</summary>
    private static long Truncated(double number) => number is >= -9223372036854775808d and < 9223372036854775808d ? (long)number : long.MinValue;

    internal long IntegerOrZero(Node? node) => Integer(node) ?? 0;

    internal long? NonZero(Node? node) => Integer(node) is { } value and not 0 ? value : null;

    /// <summary>As in the reference, a string is none, though the schema lets it pass (the mode of a tmpfs, a block I/O weight).</summary>
    internal long? Unsigned(Node? node)
    {
        if (node is ScalarNode { Kind: ScalarKind.String })
        {
            Refuse(node, "an integer without quotes");
            return null;
        }
        if (node is ScalarNode { Kind: ScalarKind.Float, Number: >= 9223372036854775808d }) return long.MaxValue;
        var value = Integer(node);
        if (value is null or >= 0) return value;
        Refuse(node!, "zero or a positive integer");
        return null;
    }

    internal long UnsignedOrZero(Node? node) => Unsigned(node) ?? 0;

    internal long? NonZeroUnsigned(Node? node) => Unsigned(node) is { } value and not 0 ? value : null;

    internal double? Float(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Float } scalar:
                return Finite(node, scalar.Kind == ScalarKind.Integer ? scalar.Integer : scalar.Number);
            case ScalarNode { Kind: ScalarKind.String } scalar when double.TryParse(scalar.Text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value):
                return Finite(node, value);
            default:
                Refuse(node, "a number");
                return null;
        }
    }

    /// <summary>None and zero are one. JSON has no way to print the rest: the reference fails on it only there.</summary>
    private double? Finite(Node node, double value)
    {
        if (!double.IsFinite(value))
        {
            Refuse(node, "a finite number");
            return null;
        }

        return value == 0 ? null : value;
    }

    internal double? Cpus(Node? node) => Float(node);

    /// <summary>Bytes; none and zero are one.</summary>
    internal long? Bytes(Node? node) => BytesOrZero(node) is var bytes and not 0 ? bytes : null;

    internal long BytesOrZero(Node? node)
    {
        switch (node)
        {
            case ScalarNode { Kind: ScalarKind.Integer } scalar:
                return scalar.Integer;
            case ScalarNode { Kind: ScalarKind.String } scalar when ByteSize.Parse(scalar.Text) is { } size:
                return size;
            // The canonical form prints unlimited swap as "-1", which loading it again must read.
            case ScalarNode { Kind: ScalarKind.String, Text: "-1" }:
                return -1;
            // A fraction of bytes is nothing to the reference, and it says so by ignoring it.
            case null or { IsNull: true } or ScalarNode { Kind: ScalarKind.Float }:
                return 0;
            default:
                Refuse(node, "a size such as 512m, 1.5g or a number of bytes");
                return 0;
        }
    }

    internal TimeSpan? Duration(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode scalar when Values.Duration.Parse(scalar.Print()) is { } duration:
                return duration;
            default:
                diagnostics.Error(node.Position, $"`{(node as ScalarNode)?.Print()}` is not a duration; write numbers with units, such as 30s or 1m30s");
                return null;
        }
    }

    internal TimeSpan? NonZeroDuration(Node? node) => Duration(node) is { } duration && duration != TimeSpan.Zero ? duration : null;

    internal long? DeviceCount(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode { Kind: ScalarKind.Integer } scalar:
                return scalar.Integer == 0 ? null : scalar.Integer;
            case ScalarNode { Kind: ScalarKind.String } scalar when scalar.Text.Equals("all", StringComparison.OrdinalIgnoreCase):
                return -1;
            case ScalarNode { Kind: ScalarKind.String } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count):
                return count == 0 ? null : count;
            default:
                Refuse(node, "a number of devices or `all`");
                return null;
        }
    }

    /// <summary>Permission bits: a number, or a string of octal digits.</summary>
    internal int? FileMode(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case ScalarNode { Kind: ScalarKind.Integer } scalar:
                return (int)scalar.Integer;
            case ScalarNode { Kind: ScalarKind.String } scalar when Octal(scalar.Text) is { } mode:
                return mode;
            default:
                Refuse(node, "a file mode such as 0440");
                return null;
        }
    }

    private static int? Octal(string text)
    {
        if (text.Length is 0 or > 10) return null;
        var value = 0;
        foreach (var c in text)
        {
            if (c is < '0' or > '7') return null;
            value = value * 8 + c - '0';
        }
        return value;
    }

    /// <summary>A command as words, or as one string that a shell would split; null: the image's.</summary>
    internal ImmutableArray<string>? Command(Node? node)
    {
        switch (node)
        {
            case null or { IsNull: true }:
                return null;
            case SequenceNode:
                return Strings(node);
            case ScalarNode { Kind: ScalarKind.String } scalar:
                if (ShellWords.Split(scalar.Text) is { } words) return words;
                diagnostics.Error(node.Position, "cannot split this command into words: a quote or parenthesis is not closed; close it, or write the command as a list");
                return null;
            default:
                Refuse(node, "a string or a list of strings");
                return null;
        }
    }

    internal ImmutableArray<string> HealthcheckTest(Node? node)
    {
        if (node is ScalarNode { Kind: ScalarKind.String } scalar) return ["CMD-SHELL", scalar.Text];
        return Strings(node);
    }
}
