using System.Collections.Immutable;

namespace Devoxx.Supervisor.Containers;

/// <summary>When a container that exited is started again.</summary>
public enum RestartCondition
{
    No,
    Always,
    OnFailure,
    UnlessStopped,
}

/// <summary>What happens to a container that has become unhealthy.</summary>
public enum UnhealthyAction
{
    None,

    /// <summary>It is stopped, and its policy starts it again as after a failure, also where it would not otherwise.</summary>
    Restart,

    /// <summary>It is stopped, and stays so.</summary>
    Stop,
}

/// <summary>A restart policy and its back-off.</summary>
/// <param name="MaxAttempts">How many restarts before giving up; null: no end.</param>
/// <param name="Delay">The first delay; it grows by <paramref name="Factor"/> at each restart up to <paramref name="MaxDelay"/>.</param>
/// <param name="ResetAfter">A run at least this long counts as a success and starts delays and counting anew; negative: none does.</param>
/// <param name="Jitter">By what part of itself a delay is longer or shorter at the most, 0 to 1.</param>
/// <param name="SuccessExitCodes">Null: 0.</param>
/// <param name="PermanentExitCodes">After these it is not started again, whatever the condition.</param>
/// <param name="Origin">What of the file it is from, as messages call it; null: <c>restart</c>.</param>
public sealed record RestartPolicy(
    RestartCondition Condition,
    int? MaxAttempts = null,
    TimeSpan Delay = default,
    TimeSpan MaxDelay = default,
    TimeSpan ResetAfter = default,
    double Factor = 2,
    double Jitter = 0,
    ImmutableArray<int>? SuccessExitCodes = null,
    ImmutableArray<int>? PermanentExitCodes = null,
    UnhealthyAction OnUnhealthy = UnhealthyAction.None,
    string? Origin = null)
{
    /// <summary>No run is long enough to count as a success.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);

    public static RestartPolicy No { get; } = Of(RestartCondition.No);

    /// <summary>The policy with docker's back-off: 100 ms, doubling, at most a minute, anew after 10 s of running.</summary>
    public static RestartPolicy Of(RestartCondition condition, int? maxAttempts = null) => new(
        condition, maxAttempts, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));

    /// <summary>What to do after a run has ended, or could not begin.</summary>
    /// <param name="exitCode">As a shell would show it.</param>
    /// <param name="attempts">Restarts by policy since the last successful or user-made start.</param>
    /// <param name="ranFor">How long the run lasted.</param>
    /// <param name="sick">This program ended it, because it was unhealthy or hung: a failure whatever the exit code.</param>
    /// <param name="chance">From 0 to 1, for the jitter.</param>
    public RestartVerdict After(int exitCode, int attempts, TimeSpan ranFor, bool sick = false, double chance = 0.5)
    {
        var forced = sick && OnUnhealthy == UnhealthyAction.Restart;
        if (Condition == RestartCondition.No && !forced)
        {
            return RestartVerdict.Stay;
        }

        if (!sick && PermanentExitCodes is { } permanent && permanent.Contains(exitCode))
        {
            return RestartVerdict.GiveUp($"exit code {exitCode} is a permanent failure by x-devoxx.restart: trying again is useless");
        }

        if (Condition == RestartCondition.OnFailure && !sick && IsSuccess(exitCode))
        {
            return RestartVerdict.Stay;
        }

        var next = (ResetAfter >= TimeSpan.Zero && ranFor >= ResetAfter ? 0 : attempts) + 1;
        return MaxAttempts is { } most && next > most
            ? RestartVerdict.GiveUp(
                $"{Origin ?? $"restart: {this}"} allows {most} restart{(most == 1 ? "" : "s")}{Window}, and {(most == 1 ? "it" : "all of them")} failed; the last exit code was {exitCode}")
            : RestartVerdict.Restart(next, DelayBefore(next, chance));
    }

    /// <summary>What to do when the machine is back, after it has stopped a run that nobody wanted stopped: neither an attempt nor a failure of the container's.</summary>
    public RestartVerdict AfterHalt(int exitCode) => Condition is RestartCondition.Always or RestartCondition.UnlessStopped || (Condition == RestartCondition.OnFailure && !IsSuccess(exitCode))
        ? RestartVerdict.Restart(1, TimeSpan.Zero)
        : RestartVerdict.Stay;

    public bool IsSuccess(int exitCode) => SuccessExitCodes is { } codes ? codes.Contains(exitCode) : exitCode == 0;

    /// <summary>The delay before restart number <paramref name="attempt"/>, from 1.</summary>
    /// <param name="chance">From 0 to 1: where in the jitter it lies.</param>
    public TimeSpan DelayBefore(int attempt, double chance = 0.5)
    {
        var grown = Math.Min(Delay.TotalMilliseconds * Math.Pow(Factor, Math.Min(attempt - 1, 1000)), MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(grown * (1 + (Jitter * ((2 * chance) - 1))));
    }

    /// <summary>The same for the same run of a container always, so that a decision made twice is the same.</summary>
    public static double Chance(string containerId, int run)
    {
        // FNV-1a: GetHashCode is another in each process.
        var hash = 2166136261u;
        foreach (var letter in containerId)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        for (var i = 0; i < 4; i++)
        {
            hash = (hash ^ (byte)(run >> (8 * i))) * 16777619u;
        }

        return (hash ^ (hash >> 15)) / (double)uint.MaxValue;
    }

    public override string ToString() => Condition switch
    {
        RestartCondition.No => "no",
        RestartCondition.Always => Origin is null ? "always" : "any",
        RestartCondition.UnlessStopped => "unless-stopped",
        _ => MaxAttempts is { } most ? $"on-failure:{most}" : "on-failure",
    };

    private string Window => Origin is not null && ResetAfter > TimeSpan.Zero ? $" that do not last {InWords.Span(ResetAfter)}" : "";
}

/// <summary>What a restart policy says: start again after a delay, stay as it is, or give up for a reason.</summary>
public sealed record RestartVerdict(int? Attempt, TimeSpan Delay, string? GivenUpBecause)
{
    public static RestartVerdict Stay { get; } = new(null, TimeSpan.Zero, null);

    public static RestartVerdict Restart(int attempt, TimeSpan delay) => new(attempt, delay, null);

    public static RestartVerdict GiveUp(string reason) => new(null, TimeSpan.Zero, reason);
}
