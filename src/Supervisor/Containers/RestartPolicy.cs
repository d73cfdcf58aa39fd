namespace Devoxx.Supervisor.Containers;

/// <summary>When a container that exited is started again.</summary>
public enum RestartCondition
{
    No,
    Always,
    OnFailure,
    UnlessStopped,
}

/// <summary>A restart policy and its back-off.</summary>
/// <param name="MaxAttempts">For <see cref="RestartCondition.OnFailure"/>: how many restarts before giving up; null: no end.</param>
/// <param name="Delay">The first delay; it doubles at each restart up to <paramref name="MaxDelay"/>.</param>
/// <param name="ResetAfter">A run at least this long counts as a success and starts the back-off anew.</param>
public sealed record RestartPolicy(
    RestartCondition Condition,
    int? MaxAttempts = null,
    TimeSpan Delay = default,
    TimeSpan MaxDelay = default,
    TimeSpan ResetAfter = default)
{
    public static RestartPolicy No { get; } = Of(RestartCondition.No);

    /// <summary>The policy with docker's back-off: 100 ms, doubling, at most a minute, anew after 10 s of running.</summary>
    public static RestartPolicy Of(RestartCondition condition, int? maxAttempts = null) => new(
        condition, maxAttempts, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));

    /// <summary>What to do after a run has ended.</summary>
    /// <param name="exitCode">As a shell would show it.</param>
    /// <param name="attempts">Restarts by policy since the last successful or user-made start.</param>
    /// <param name="ranFor">How long the run lasted.</param>
    public RestartVerdict After(int exitCode, int attempts, TimeSpan ranFor)
    {
        var next = (ranFor >= ResetAfter ? 0 : attempts) + 1;
        return Condition switch
        {
            RestartCondition.No => RestartVerdict.Stay,
            RestartCondition.OnFailure when exitCode == 0 => RestartVerdict.Stay,
            RestartCondition.OnFailure when MaxAttempts is { } most && next > most => RestartVerdict.GiveUp(
                $"restart: on-failure:{most} allows {most} restart{(most == 1 ? "" : "s")}, and all of them failed; the last exit code was {exitCode}"),
            _ => RestartVerdict.Restart(next, DelayBefore(next)),
        };
    }

    /// <summary>The delay before restart number <paramref name="attempt"/>, from 1.</summary>
    public TimeSpan DelayBefore(int attempt)
    {
        var doubled = Delay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 40));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, MaxDelay.TotalMilliseconds));
    }

    public override string ToString() => Condition switch
    {
        RestartCondition.No => "no",
        RestartCondition.Always => "always",
        RestartCondition.UnlessStopped => "unless-stopped",
        _ => MaxAttempts is { } most ? $"on-failure:{most}" : "on-failure",
    };
}

/// <summary>What a restart policy says: start again after a delay, stay as it is, or give up for a reason.</summary>
public sealed record RestartVerdict(int? Attempt, TimeSpan Delay, string? GivenUpBecause)
{
    public static RestartVerdict Stay { get; } = new(null, TimeSpan.Zero, null);

    public static RestartVerdict Restart(int attempt, TimeSpan delay) => new(attempt, delay, null);

    public static RestartVerdict GiveUp(string reason) => new(null, TimeSpan.Zero, reason);
}
