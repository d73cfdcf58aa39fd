using System.Globalization;

namespace Devoxx.Supervisor.EventLog;

/// <summary>
/// A point in time as <c>--since</c> and <c>--until</c> take it, which is as docker does: a duration before now
/// (<c>10m</c>, <c>1h30m</c>, <c>1.5h</c>), a date or time by RFC 3339 (local time if it names no zone; the time, or its
/// seconds, may be left out), or seconds since 1970 with up to nine decimals (<c>1763919898.25</c>).
/// </summary>
public static class TimeExpression
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-ddzzz", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'Z'", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>The instant that <paramref name="text"/> names; durations count back from <paramref name="now"/>.</summary>
    /// <exception cref="FormatException">It is none of these; the message says what would be.</exception>
    public static DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        text = text.Trim();
        if (TryParseUnix(text, out var instant) || TryParseDate(text, now, out instant))
        {
            return instant;
        }

        if (TryParseDuration(text, out var duration))
        {
            return now - duration;
        }

        throw new FormatException(
            $"'{text}' is not a time: expected a duration ('10m', '1h30m'), a time ('2026-11-23T17:24:58Z', '2026-11-23') or seconds since 1970");
    }

    private static bool TryParseUnix(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(seconds) > 62_135_596_800m)
        {
            return false;
        }

        instant = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private static bool TryParseDate(string text, DateTimeOffset now, out DateTimeOffset instant)
    {
        // Nine decimals is what docker prints, and two more than .NET keeps.
        var dot = text.IndexOf('.');
        if (dot > 0)
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            text = text[..Math.Min(end, dot + 8)] + text[end..];
        }

        instant = default;
        if (!DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        instant = time.Kind == DateTimeKind.Utc || text.EndsWith('Z')
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : new DateTimeOffset(time, now.Offset);
        return true;
    }

    // Go's time.ParseDuration: numbers with a unit each, a sign before them all.
    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.");
            var unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            var scale = unit switch
            {
                "ns" => 0.01m,
                "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                "d" => TimeSpan.TicksPerDay,
                _ => 0m,
            };
            if (scale == 0 || number > 1e13m)
            {
                return false;
            }

            ticks += number * scale;
        }

        if (ticks > TimeSpan.TicksPerDay * 365_000L)
        {
            return false;
        }

        duration = new TimeSpan((long)(negative ? -ticks : ticks));
        return true;
    }
}
