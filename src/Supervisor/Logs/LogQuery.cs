namespace Devoxx.Supervisor.Logs;

/// <summary>Which lines to read; by default all of them.</summary>
public sealed record LogQuery
{
    /// <summary>Only this many of the newest lines of each log; counted before the times are looked at, as docker does.</summary>
    public int? Tail { get; init; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not after this time; following ends then.</summary>
    public DateTimeOffset? Until { get; init; }
}
