using System.Globalization;

namespace Devoxx.Images;

/// <summary>When an image is pulled (Compose specification, `pull_policy`).</summary>
public abstract record PullPolicy
{
    /// <summary>Only when the store has it not: the default, also written `if_not_present`, and `refresh` where it does not say after how long.</summary>
    public sealed record Missing : PullPolicy;

    public sealed record Always : PullPolicy;

    public sealed record Never : PullPolicy;

    /// <summary>Built, never pulled.</summary>
    public sealed record Build : PullPolicy;

    /// <summary>When the last look at the registry is longer ago than this: `daily`, `weekly`, `every_12h`.</summary>
    public sealed record Every(TimeSpan Interval) : PullPolicy;

    /// <exception cref="ImageException">No such policy.</exception>
    public static PullPolicy Parse(string? text) => text switch
    {
        null or "" or "missing" or "if_not_present" or "refresh" => new Missing(),
        "always" => new Always(),
        "never" => new Never(),
        "build" => new Build(),
        "daily" => new Every(TimeSpan.FromDays(1)),
        "weekly" => new Every(TimeSpan.FromDays(7)),
        _ when text.StartsWith("every_", StringComparison.Ordinal) && Duration(text.AsSpan(6)) is { } interval => new Every(interval),
        _ => throw new ImageException($"invalid pull_policy '{text}': expected always, missing, if_not_present, never, build, daily, weekly or every_<duration> such as every_12h"),
    };

    /// <summary>What to do for a service's image now. Pure.</summary>
    /// <param name="present">The store has the image.</param>
    /// <param name="buildable">The service has a `build:`.</param>
    /// <param name="lastPulled">When the registry was last asked for it; null when never.</param>
    public PullDecision Decide(bool present, bool buildable, DateTimeOffset? lastPulled, DateTimeOffset now) => this switch
    {
        Always => PullDecision.Pull,
        Never => present ? PullDecision.Use : PullDecision.Fail,
        Build => buildable ? PullDecision.Build : present ? PullDecision.Use : PullDecision.Fail,
        _ when !present => buildable ? PullDecision.Build : PullDecision.Pull,
        Every every => lastPulled is null || now - lastPulled >= every.Interval ? PullDecision.Pull : PullDecision.Use,
        _ => PullDecision.Use,
    };

    /// <summary><c>1w2d3h4m5s</c>, any of them; null when it is none.</summary>
    private static TimeSpan? Duration(ReadOnlySpan<char> text)
    {
        var total = TimeSpan.Zero;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            var unit = text[digits] switch
            {
                'w' => TimeSpan.FromDays(7), 'd' => TimeSpan.FromDays(1), 'h' => TimeSpan.FromHours(1), 'm' => TimeSpan.FromMinutes(1), 's' => TimeSpan.FromSeconds(1), _ => TimeSpan.Zero,
            };
            if (unit == TimeSpan.Zero)
            {
                return null;
            }

            total += number * unit;
            text = text[(digits + 1)..];
        }

        return total > TimeSpan.Zero ? total : null;
    }
}

/// <summary>What is to be done for an image.</summary>
public enum PullDecision
{
    Use,
    Pull,
    Build,

    /// <summary>It is not there, and may not be fetched.</summary>
    Fail,
}
