using System.Globalization;

namespace Devoxx.Compose.Yaml;

/// <summary>
/// The dates that go-yaml v3 takes a plain scalar for: <c>2006-1-2</c>, with <c>T15:4:5.9Z</c>, <c>t15:4:5+07:00</c> or
/// <c> 15:4:5</c> behind it.
/// </summary>
internal static class Timestamp
{
    internal static bool IsOne(ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[4] != '-') return false;
        if (!Number(ref text, 4, 4, out var year) || !Skip(ref text, '-')) return false;
        if (!Number(ref text, 1, 2, out var month) || !Skip(ref text, '-')) return false;
        if (!Number(ref text, 1, 2, out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (text.IsEmpty) return true;
        var zoned = text[0] is 'T' or 't';
        if (!zoned && text[0] != ' ') return false;
        text = text[1..];
        if (!Number(ref text, 1, 2, out var hour) || !Skip(ref text, ':') || hour > 23) return false;
        if (!Number(ref text, 1, 2, out var minute) || !Skip(ref text, ':') || minute > 59) return false;
        if (!Number(ref text, 1, 2, out var second) || second > 59) return false;
        if (Skip(ref text, '.') && !Number(ref text, 1, 18, out _)) return false;
        if (!zoned) return text.IsEmpty;
        if (text is "Z") return true;
        if (text.Length != 6 || text[0] is not ('+' or '-')) return false;
        text = text[1..];
        return Number(ref text, 2, 2, out hour) && hour <= 24 && Skip(ref text, ':') && Number(ref text, 2, 2, out minute) && minute < 60;
    }

    /// <summary>As Go's encoding/json prints a time: RFC 3339, with as many decimals as it has.</summary>
    internal static string Print(string text)
    {
        var style = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, style, out var time)) return text;
        var zone = time.Offset == TimeSpan.Zero ? "Z" : time.ToString("zzz", CultureInfo.InvariantCulture);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + zone;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected) return false;
        text = text[1..];
        return true;
    }

    private static bool Number(ref ReadOnlySpan<char> text, int least, int most, out int value)
    {
        value = 0;
        var length = 0;
        while (length < most && length < text.Length && char.IsAsciiDigit(text[length])) value = unchecked(value * 10 + text[length++] - '0');
        text = text[length..];
        return length >= least;
    }
}
