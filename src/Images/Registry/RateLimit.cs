using System.Globalization;
using System.Net.Http.Headers;

namespace Devoxx.Images.Registry;

/// <summary>What a registry says of how much it gives to one client: Docker Hub's <c>ratelimit-limit: 100;w=21600</c> and <c>ratelimit-remaining: 0;w=21600</c>. Pure.</summary>
internal static class RateLimit
{
    /// <returns><c> (100 in 6 h, of which 0 are left)</c>; nothing where the headers are missing or say something else.</returns>
    public static string Of(HttpHeaders headers)
    {
        if (Number(headers, "ratelimit-limit") is not { } limit)
        {
            return "";
        }

        var left = Number(headers, "ratelimit-remaining") is { } remaining ? $", of which {remaining.Count.ToString(CultureInfo.InvariantCulture)} are left" : "";
        return $" ({limit.Count.ToString(CultureInfo.InvariantCulture)}{(limit.Window is { } window ? " in " + Words(window) : "")}{left})";
    }

    private static (long Count, TimeSpan? Window)? Number(HttpHeaders headers, string name)
    {
        if (!headers.TryGetValues(name, out var values) || values.FirstOrDefault()?.Split(';') is not [var first, .. var rest]
            || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var window = rest.Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("w=", StringComparison.Ordinal));
        return (count, window is not null && int.TryParse(window.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null);
    }

    private static string Words(TimeSpan window) =>
        window.TotalHours >= 1 && window.TotalHours % 1 == 0 ? $"{(int)window.TotalHours} h" : window.TotalMinutes >= 1 ? $"{(int)window.TotalMinutes} min" : $"{(int)window.TotalSeconds} s";
}
