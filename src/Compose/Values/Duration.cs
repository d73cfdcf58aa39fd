using System.Globalization;
using System.Text;

namespace Devoxx.Compose.Values;

/// <summary>Durations such as <c>1m30s</c>, <c>1.5h</c>, <c>2d</c>; units ns, us, ms, s, m, h, d, w.</summary>
internal static class Duration
{
    private const long Nanosecond = 1, Microsecond = 1000, Millisecond = 1000 * Microsecond, Second = 1000 * Millisecond;
    private const long Minute = 60 * Second, Hour = 60 * Minute;

    /// <summary>Null if the text is not a duration. Follows xhit/go-str2duration; resolution here is 100 ns.</summary>
    internal static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = false;
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            negative = rest[0] == '-';
            rest = rest[1..];
        }
        if (rest is "0") return TimeSpan.Zero;
        if (rest.IsEmpty) return null;
        long total = 0;
        while (!rest.IsEmpty)
        {
            var number = rest.IndexOfAnyExcept("0123456789.");
            if (number <= 0) return null;
            var digits = rest[..number];
            if (digits.Count('.') > 1 || digits is ".") return null;
            rest = rest[number..];
            var length = rest.IndexOfAny("0123456789.");
            if (length < 0) length = rest.Length;
            if (Unit(rest[..length]) is not { } unit) return null;
            rest = rest[length..];
            var dot = digits.IndexOf('.');
            var whole = dot < 0 ? digits : digits[..dot];
            long value = 0;
            if (whole.Length > 0 && !long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return null;
            if (value > long.MaxValue / unit) return null;
            value *= unit;
            if (dot >= 0 && dot + 1 < digits.Length)
                value += (long)(double.Parse(string.Concat("0", digits[dot..]), CultureInfo.InvariantCulture) * unit);
            total += value;
            if (value < 0 || total < 0) return null;
        }
        return TimeSpan.FromTicks((negative ? -total : total) / 100);
    }

    private static long? Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => Nanosecond,
        "us" or "µs" or "μs" => Microsecond,
        "ms" => Millisecond,
        "s" => Second,
        "m" => Minute,
        "h" => Hour,
        "d" => 24 * Hour,
        "w" => 168 * Hour,
        _ => null,
    };

    /// <summary>The canonical form: <c>1m30s</c>, <c>1h0m0s</c>, <c>1.5s</c>, <c>100ms</c>, <c>0s</c>. Follows Go's time.Duration.</summary>
    internal static string Print(TimeSpan duration)
    {
        var ticks = (ulong)Math.Abs(duration.Ticks);
        if (ticks == 0) return "0s";
        var text = new StringBuilder();
        if (duration.Ticks < 0) text.Append('-');
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var (unit, name) = ticks < 10 ? (1ul, "ns") : ticks < TimeSpan.TicksPerMillisecond ? (10ul, "µs") : ((ulong)TimeSpan.TicksPerMillisecond, "ms");
            if (name == "ns") return text.Append(ticks * 100).Append(name).ToString();
            return Fraction(text, ticks, unit).Append(name).ToString();
        }
        var minutes = ticks / TimeSpan.TicksPerMinute;
        if (minutes >= 60) text.Append(minutes / 60).Append('h');
        if (minutes > 0) text.Append(minutes % 60).Append('m');
        return Fraction(text, ticks % TimeSpan.TicksPerMinute, TimeSpan.TicksPerSecond).Append('s').ToString();
    }

    private static StringBuilder Fraction(StringBuilder text, ulong ticks, ulong unit)
    {
        text.Append(ticks / unit);
        var fraction = ticks % unit;
        if (fraction == 0) return text;
        var width = unit.ToString(CultureInfo.InvariantCulture).Length - 1;
        return text.Append('.').Append(fraction.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0').TrimEnd('0'));
    }
}
