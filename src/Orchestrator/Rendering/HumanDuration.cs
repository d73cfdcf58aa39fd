namespace Devoxx.Orchestrator.Rendering;

/// <summary>Durations as docker prints them in <c>ps</c>: <c>About a minute</c>, <c>3 hours</c> (thresholds of go-units' HumanDuration).</summary>
internal static class HumanDuration
{
    public static string Of(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        var hours = (long)Math.Round(duration.TotalHours, MidpointRounding.AwayFromZero);
        return seconds switch
        {
            < 1 => "Less than a second",
            1 => "1 second",
            < 60 => $"{seconds} seconds",
            < 120 => "About a minute",
            < 3600 => $"{seconds / 60} minutes",
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => $"{hours} hours",
            _ when hours < 24 * 7 * 2 => $"{hours / 24} days",
            _ when hours < 24 * 30 * 2 => $"{hours / 24 / 7} weeks",
            _ when hours < 24 * 365 * 2 => $"{hours / 24 / 30} months",
            _ => $"{(long)duration.TotalHours / 24 / 365} years",
        };
    }
}
