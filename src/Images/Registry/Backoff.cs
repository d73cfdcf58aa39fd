using System.Net;
using System.Net.Http.Headers;

namespace Devoxx.Images.Registry;

/// <summary>How long to wait before trying again. Pure.</summary>
internal static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Doubled each time, with up to half of it taken off at random, so that many clients do not come back at once; a registry's own word counts for more.</summary>
    /// <param name="attempt">0 for the first retry.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan? retryAfter, double random)
    {
        var own = TimeSpan.FromTicks(Math.Min(first.Ticks << Math.Min(attempt, 10), Longest.Ticks)) * (1 - random / 2);
        return retryAfter is { } asked && asked > own ? asked : own;
    }

    /// <summary>Answers that another try may change.</summary>
    public static bool IsWorthRetrying(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>A pause longer than this is for a person to decide on.</summary>
    public static bool IsTooLong(TimeSpan delay) => delay > Longest;
}
