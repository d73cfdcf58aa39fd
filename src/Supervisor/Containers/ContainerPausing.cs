using System.Collections.Immutable;
using Devoxx.Supervisor.Cgroups;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Containers.IContainerEvent, Devoxx.Supervisor.Containers.IContainerEffect>;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// What a container does to stand still and to go on. Intent and outcome of the freezing are its cgroup's; the container
/// notes only what has come of it. Pure.
/// </summary>
internal static class ContainerPausing
{
    /// <summary>Why a container is paused whose changes are being made an image.</summary>
    public const string CommitCause = "commit";

    public static Decision Pause(ContainerState state, PauseContainer command) => state switch
    {
        { Phase: ContainerPhase.Running, Paused: false } => Decision.Only(
            new AwaitFreeze(command.Order), new FreezeRun(state.Run, Frozen: true, command.Cause)),
        { Phase: ContainerPhase.Running } => Refused(state, command.Order, "is already paused"),
        _ => Refused(state, command.Order, $"cannot be paused: it is {InWords.Phase(state.Phase)}"),
    };

    public static Decision Unpause(ContainerState state, UnpauseContainer command) => state switch
    {
        { Phase: ContainerPhase.Running, Paused: true } => Decision.Only(
            new AwaitFreeze(command.Order), new FreezeRun(state.Run, Frozen: false, command.Cause)),
        _ => Refused(state, command.Order, "is not paused"),
    };

    /// <summary>The cgroup has done it, or could not. Told after recovery as well, whatever had been asked for.</summary>
    public static Decision Answered(ContainerState state, CgroupFreezeAnswer answer, DateTimeOffset now)
    {
        if (answer.Run != state.Run || state.Process is null)
        {
            return Decision.Nothing;
        }

        if (answer.Error is { } error)
        {
            return Decision.Only(new AnswerFreezes(error));
        }

        return state.Phase switch
        {
            // Frozen when it was told to stop: only what moves can stop.
            ContainerPhase.Stopping when answer.Frozen => Decision.Only(new FreezeRun(state.Run, Frozen: false, state.Stop!.Cause)),

            // Who held it went with the supervisor, and nobody else is going to let it go.
            ContainerPhase.Running when answer is { Frozen: true, Cause: CgroupFreezeAnswer.Found } && state.Held =>
                Decision.Only(new FreezeRun(state.Run, Frozen: false, "the commit that held it was interrupted")),
            ContainerPhase.Running when answer.Frozen != state.Paused => Decision.Of(
                answer.Frozen ? new ContainerPaused(state.Spec!.Subject, now, answer.Cause) : new ContainerUnpaused(state.Spec!.Subject, now, answer.Cause),
                new AnswerFreezes()),
            _ => Decision.Only(new AnswerFreezes()),
        };
    }

    /// <summary>A signal that is to end a paused container is delivered when it moves again.</summary>
    public static ImmutableArray<IContainerEffect> Released(ContainerState state, string cause) =>
        state.Paused ? [new FreezeRun(state.Run, Frozen: false, cause)] : [];

    private static Decision Refused(ContainerState state, long order, string why) => Decision.Only(
        new Answer(order, $"{state.Spec?.Name ?? "a container that does not exist"} {why}"));
}
