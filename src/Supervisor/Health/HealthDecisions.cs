namespace Devoxx.Supervisor.Health;

/// <summary>What a probe means, and when the next is due: the rules of dockerd's <c>daemon/health.go</c>. Pure.</summary>
public static class HealthDecisions
{
    /// <summary>Bytes kept of what a probe writes.</summary>
    public const int MostOutput = 4096;

    /// <summary>Results kept.</summary>
    public const int MostResults = 5;

    /// <summary>Takes a result in.</summary>
    /// <param name="begunAfter">How long the container had run when the probe began: failures of those within the start period do not count until it is healthy.</param>
    public static HealthProbing After(HealthSpec spec, HealthProbing probing, ProbeResult result, TimeSpan begunAfter)
    {
        var results = probing.Results.Length < MostResults ? probing.Results.Add(result) : probing.Results.RemoveAt(0).Add(result);
        if (result.ExitCode == 0)
        {
            // Who is to say that it is ready, and has not, is not healthy by answering.
            return probing with { Status = probing.Ready ? HealthStatus.Healthy : probing.Status, FailingStreak = 0, Results = results };
        }

        if (probing.Status == HealthStatus.Starting && begunAfter < spec.StartPeriod)
        {
            return probing with { Results = results };
        }

        var streak = probing.FailingStreak + 1;
        return new(streak >= spec.Retries ? HealthStatus.Unhealthy : probing.Status, streak, results, probing.Ready);
    }

    /// <summary>How long until the next probe.</summary>
    /// <param name="ranFor">How long the container has run.</param>
    public static TimeSpan NextIn(HealthSpec spec, HealthStatus status, TimeSpan ranFor) =>
        status == HealthStatus.Starting && ranFor < spec.StartPeriod ? spec.StartInterval : spec.Interval;

    /// <summary>A change of health in words, with the first line of what the newest probe wrote.</summary>
    public static string Reason(HealthProbing probing)
    {
        if (probing.Results.IsEmpty)
        {
            return "";
        }

        var last = probing.Results[^1];
        if (last.ExitCode == 0)
        {
            return "its check succeeded";
        }

        var line = FirstLine(last.Output);
        return $"{probing.FailingStreak} failure{(probing.FailingStreak == 1 ? "" : "s")} in a row; the last check "
            + (last.ExitCode < 0 ? line.Length == 0 ? "could not be made" : line : $"exited with code {last.ExitCode}{(line.Length == 0 ? "" : $": {line}")}");
    }

    private static string FirstLine(string text)
    {
        const int Most = 200;
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end].TrimEnd();
        return line.Length > Most ? string.Concat(line[..(Most - 1)], "…") : line.ToString();
    }
}
