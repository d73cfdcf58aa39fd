using System.Globalization;

namespace Devoxx.Compose.Values;

/// <summary>Sizes such as <c>512m</c>, <c>1.5GiB</c> or <c>1024</c>; units are powers of 1024 however they are written.</summary>
internal static class ByteSize
{
    /// <summary>Bytes, or null if the text is not a size. Follows docker/go-units RAMInBytes.</summary>
    internal static long? Parse(string text)
    {
        var end = text.AsSpan().LastIndexOfAny("0123456789. ");
        if (end < 0) return null;
        var number = text[end] == ' ' ? text.AsSpan(0, end) : text.AsSpan(0, end + 1);
        var suffix = text.AsSpan(end + 1);
        if (!double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var size)) return null;
        if (size < 0 || double.IsNaN(size)) return null;
        if (suffix.Length == 0) return (long)size;
        if (suffix.Length > 3) return null;
        var unit = char.ToLowerInvariant(suffix[0]);
        if (unit == 'b') return suffix.Length == 1 ? (long)size : null;
        var power = "kmgtp".IndexOf(unit);
        if (power < 0) return null;
        if (suffix.Length == 2 && char.ToLowerInvariant(suffix[1]) != 'b') return null;
        if (suffix.Length == 3 && !suffix[1..].Equals("ib", StringComparison.OrdinalIgnoreCase)) return null;
        return (long)(size * Math.Pow(1024, power + 1));
    }
}
