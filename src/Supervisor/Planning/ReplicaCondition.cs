using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Health;

namespace Devoxx.Supervisor.Planning;

/// <summary>What is waited for of one container.</summary>
public enum ReplicaCondition
{
    /// <summary>It runs or has run: <c>service_started</c>.</summary>
    Started,

    /// <summary><c>service_healthy</c>.</summary>
    Healthy,

    /// <summary><c>service_completed_successfully</c>.</summary>
    Completed,

    /// <summary>It runs and is healthy if it can tell, or has done its work: <c>up --wait</c>.</summary>
    Ready,

    /// <summary>It runs, healthy if it can tell, and has not ended once since it was made: a replica in the place of another.</summary>
    Replaced,
}

/// <summary>How a condition stands.</summary>
public enum ConditionStanding
{
    Met,
    NotYet,

    /// <summary>Not as things are, but it may still come by itself: a sick container may recover.</summary>
    Unlikely,

    /// <summary>Not unless somebody does something: it was stopped, or never started.</summary>
    Stopped,

    /// <summary>Not any more.</summary>
    Failed,
}

/// <summary>How one container stands to a condition, and why. Pure.</summary>
/// <param name="Reason">Of <see cref="ConditionStanding.NotYet"/> what is missing, <c>to become healthy</c>; otherwise what stands against it.</param>
public sealed record ConditionState(ConditionStanding Standing, string Reason = "")
{
    private static readonly ConditionState Met = new(ConditionStanding.Met);

    public static ConditionState Of(ContainerState state, ReplicaCondition condition) => state.Phase switch
    {
        ContainerPhase.Created when state.GaveUp is { } reason => new(ConditionStanding.Failed, $"was not started: {reason}"),
        ContainerPhase.None or ContainerPhase.Created => new(ConditionStanding.Stopped, "has not been started"),
        ContainerPhase.Removing or ContainerPhase.Removed => new(ConditionStanding.Failed, "has been removed"),
        ContainerPhase.Exited => Ended(state, condition),
        ContainerPhase.Running => Running(state, condition),
        ContainerPhase.BackingOff or ContainerPhase.Waiting or ContainerPhase.Starting when condition == ReplicaCondition.Replaced && state.LastExit is { } exit =>
            new(ConditionStanding.Failed, $"exited with code {exit.ExitCode} after {InWords.Span(exit.Duration)}"),
        ContainerPhase.Stopping when condition == ReplicaCondition.Replaced => new(ConditionStanding.Failed, "was stopped"),
        _ => new(ConditionStanding.NotYet, Awaited(condition)),
    };

    private static ConditionState Running(ContainerState state, ReplicaCondition condition) => condition switch
    {
        // Its start is over when they are.
        _ when state.Hook is { Stage: Hooks.HookStage.PostStart } => new(ConditionStanding.NotYet, Awaited(condition)),
        ReplicaCondition.Started => Met,
        ReplicaCondition.Completed => new(ConditionStanding.NotYet, Awaited(condition)),
        ReplicaCondition.Replaced when state.LastExit is { } exit => new(ConditionStanding.Failed, $"exited with code {exit.ExitCode} after {InWords.Span(exit.Duration)}"),
        _ => Healthy(state, condition),
    };

    private static ConditionState Healthy(ContainerState state, ReplicaCondition condition) => state.Health switch
    {
        { Status: HealthStatus.Healthy } => Met,
        { Status: HealthStatus.Starting } => new(ConditionStanding.NotYet, Awaited(ReplicaCondition.Healthy)),
        { Reason: { Length: > 0 } reason } => new(ConditionStanding.Unlikely, $"is unhealthy: {reason}"),
        { } => new(ConditionStanding.Unlikely, "is unhealthy"),
        null when condition == ReplicaCondition.Healthy => new(ConditionStanding.Failed, "has no healthcheck, so it never is healthy"),
        null => Met,
    };

    private static ConditionState Ended(ContainerState state, ReplicaCondition condition)
    {
        if (state.StartFailure is { } failure)
        {
            return new(ConditionStanding.Failed, $"could not be started: {failure.Error}");
        }

        if (state.GaveUp is { } reason && (condition != ReplicaCondition.Started || state.LastExit is null))
        {
            return new(ConditionStanding.Failed, $"gave up: {reason}");
        }

        var code = state.LastExit?.ExitCode ?? 0;
        return condition switch
        {
            _ when state.StoppedOnPurpose && (condition != ReplicaCondition.Completed || code != 0) => new(ConditionStanding.Stopped, "is stopped"),
            ReplicaCondition.Started => Met,
            ReplicaCondition.Completed or ReplicaCondition.Ready or ReplicaCondition.Replaced when code == 0 => Met,
            ReplicaCondition.Healthy => new(ConditionStanding.Failed, $"exited with code {code} before it was healthy"),
            _ => new(ConditionStanding.Failed, state.LastExit?.Cause is { Length: > 0 } cause ? $"exited with code {code}: {cause}" : $"exited with code {code}"),
        };
    }

    private static string Awaited(ReplicaCondition condition) => condition switch
    {
        ReplicaCondition.Started => "to be started",
        ReplicaCondition.Completed => "to complete",
        ReplicaCondition.Healthy => "to become healthy",
        _ => "to be ready",
    };
}
