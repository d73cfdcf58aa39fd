using Devoxx.Supervisor.Events;
using Decision = Devoxx.Supervisor.Actors.Decision<Devoxx.Supervisor.Volumes.IVolumeEvent, Devoxx.Supervisor.Volumes.IVolumeEffect>;

namespace Devoxx.Supervisor.Volumes;

/// <summary>What is to be done once a decision is in the journal.</summary>
public interface IVolumeEffect;

/// <summary>Do this to the disk or the kernel; answered by <see cref="VolumeStepDone"/> or <see cref="VolumeStepFailed"/>.</summary>
internal sealed record DoStep(VolumeStep Step, VolumeSpec Spec, ImageContent? Content = null) : IVolumeEffect;

/// <summary>The goal is reached, or cannot be.</summary>
internal sealed record GoalDone(string? Error = null, bool Changed = true) : IVolumeEffect;

/// <summary>After recovery: finish or undo what was half done, and believe the kernel more than the journal.</summary>
/// <param name="IsMounted">What mountinfo says of the mount point.</param>
internal sealed record SettleVolume(bool IsMounted) : IVolumeCommand;

/// <summary>
/// The way of a mount source to its goal, one step at a time: asked again after each step, it looks at where the source
/// stands and says what is next. Pure.
/// </summary>
internal static class VolumeDecisions
{
    /// <param name="goal">The command being carried out.</param>
    /// <param name="populated">The goal's <see cref="VolumeStep.Populate"/> has been done.</param>
    public static Decision Next(VolumeState state, IVolumeCommand goal, bool populated, Subject subject, DateTimeOffset now) => goal switch
    {
        CreateVolume c => Create(state, c, subject, now),
        AttachVolume c => Attach(state, c, populated, subject, now),
        DetachVolume c => Detach(state, c, subject, now),
        RemoveVolume c => Remove(state, c, subject, now),
        SettleVolume c => Settle(state, c, subject, now),
        _ => throw new InvalidOperationException($"{goal.GetType().Name} is not a command of a volume"),
    };

    /// <summary>The outcome of a step.</summary>
    /// <param name="failure">Why the step before, which this one undoes, has failed.</param>
    public static IVolumeEvent? Outcome(VolumeStep step, string? note, IVolumeCommand goal, string? failure, Subject subject, DateTimeOffset now) => step switch
    {
        VolumeStep.Create => new VolumeCreated(subject, now),
        VolumeStep.Discard => new VolumeNotCreated(subject, now, failure ?? ""),
        VolumeStep.Mount => new VolumeMounted(subject, now),
        VolumeStep.Populate => note is null || goal is not AttachVolume { Content: { } content }
            ? null
            : new VolumePopulated(subject, now, content.ImageId, content.Path),
        VolumeStep.Unmount => new VolumeUnmounted(subject, now, note),
        VolumeStep.Remove => new VolumeRemoved(subject, now),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>What undoes the half of a step that failed, so that its intent has an outcome too; nothing when there is none.</summary>
    public static Decision Undo(VolumeState state, VolumeStep failed, Subject subject, DateTimeOffset now) => failed switch
    {
        VolumeStep.Create => Decision.Only(new DoStep(VolumeStep.Discard, state.Spec!)),
        VolumeStep.Mount => Unmount(state, subject, now),
        _ => Decision.Nothing,
    };

    private static bool Exists(VolumeState state) =>
        state.Phase is VolumePhase.Ready or VolumePhase.Mounting or VolumePhase.Mounted or VolumePhase.Unmounting;

    private static Decision Make(VolumeSpec spec, Subject subject, DateTimeOffset now) => Decision.Of(
        new VolumeCreateRequested(subject, now, spec), new DoStep(VolumeStep.Create, spec));

    private static Decision Create(VolumeState state, CreateVolume goal, Subject subject, DateTimeOffset now)
    {
        if (!Exists(state))
        {
            return state.Phase == VolumePhase.Removing ? Gone(state) : Make(goal.Spec, subject, now);
        }

        return SameOptions(state.Spec!, goal.Spec)
            ? Decision.Only(new GoalDone(Changed: false))
            : Decision.Only(new GoalDone(
                $"volume {goal.Spec.Name} exists with other options; remove it first (its data is lost with it): devoxx-compose volume rm {goal.Spec.Name}"));
    }

    private static Decision Attach(VolumeState state, AttachVolume goal, bool populated, Subject subject, DateTimeOffset now)
    {
        if (state.Phase == VolumePhase.Removing)
        {
            return Gone(state);
        }

        // A host path is looked at (and made, if wished) each time: it is not ours, and may be gone since.
        if (!Exists(state) || (state.Spec!.Kind == VolumeKind.HostPath && !populated && state.Attached.IsEmpty))
        {
            return goal.Spec is { } spec
                ? populated ? Use(state, goal, subject, now) : Make(spec, subject, now)
                : Decision.Only(new GoalDone($"volume {goal.Name} does not exist"));
        }

        if (state.Spec!.Kind == VolumeKind.Typed && state.Phase != VolumePhase.Mounted)
        {
            return Mount(state.Spec, subject, now);
        }

        return goal.Content is { } content && !populated
            ? Decision.Only(new DoStep(VolumeStep.Populate, state.Spec, content))
            : Use(state, goal, subject, now);
    }

    private static Decision Use(VolumeState state, AttachVolume goal, Subject subject, DateTimeOffset now) =>
        state.Attached.Contains(goal.ContainerId)
            ? Decision.Only(new GoalDone())
            : Decision.Of(new VolumeAttached(subject, now, goal.ContainerId), new GoalDone());

    private static Decision Detach(VolumeState state, DetachVolume goal, Subject subject, DateTimeOffset now)
    {
        if (state.Attached.Contains(goal.ContainerId))
        {
            var last = state.Attached.Count == 1 && IsOnHost(state);
            return Decision.Of(
                last
                    ? [new VolumeDetached(subject, now, goal.ContainerId), new VolumeUnmountRequested(subject, now, state.Spec!.Path)]
                    : [new VolumeDetached(subject, now, goal.ContainerId)],
                last ? new DoStep(VolumeStep.Unmount, state.Spec!) : new GoalDone());
        }

        return state.Attached.IsEmpty && IsOnHost(state) ? Unmount(state, subject, now) : Decision.Only(new GoalDone());
    }

    private static Decision Remove(VolumeState state, RemoveVolume goal, Subject subject, DateTimeOffset now)
    {
        if (!state.Attached.IsEmpty)
        {
            return Decision.Only(new GoalDone($"volume {goal.Name} is in use by {string.Join(", ", state.Attached.Select(id => id[..12]))}"));
        }

        return state.Phase switch
        {
            VolumePhase.Absent or VolumePhase.Removed => Decision.Only(new GoalDone(Changed: false)),
            VolumePhase.Removing => Decision.Only(new DoStep(VolumeStep.Remove, state.Spec!)),
            _ when IsOnHost(state) => Unmount(state, subject, now),
            _ => Decision.Of(new VolumeRemoveRequested(subject, now, goal.Cause), new DoStep(VolumeStep.Remove, state.Spec!)),
        };
    }

    private static Decision Settle(VolumeState state, SettleVolume goal, Subject subject, DateTimeOffset now) => state.Phase switch
    {
        VolumePhase.Creating => Decision.Only(new DoStep(VolumeStep.Create, state.Spec!)),
        VolumePhase.Removing => Decision.Only(new DoStep(VolumeStep.Remove, state.Spec!)),
        VolumePhase.Unmounting => Decision.Only(new DoStep(VolumeStep.Unmount, state.Spec!)),
        // Another boot: the kernel has forgotten the mount, and nobody has to undo it.
        VolumePhase.Mounted or VolumePhase.Mounting when !goal.IsMounted => Decision.Of(new VolumeUnmounted(subject, now, null), new GoalDone()),
        VolumePhase.Mounted or VolumePhase.Mounting when state.Attached.IsEmpty => Unmount(state, subject, now),
        VolumePhase.Mounting => Decision.Of(new VolumeMounted(subject, now), new GoalDone()),
        _ => Decision.Only(new GoalDone()),
    };

    private static bool IsOnHost(VolumeState state) =>
        state.Phase is VolumePhase.Mounted or VolumePhase.Mounting or VolumePhase.Unmounting;

    private static Decision Mount(VolumeSpec spec, Subject subject, DateTimeOffset now) => Decision.Of(
        new VolumeMountRequested(
            subject, now,
            spec.Options.GetValueOrDefault("device", ""), spec.Path, spec.Options.GetValueOrDefault("type", "none"), spec.Options.GetValueOrDefault("o", "")),
        new DoStep(VolumeStep.Mount, spec));

    private static Decision Unmount(VolumeState state, Subject subject, DateTimeOffset now) => Decision.Of(
        new VolumeUnmountRequested(subject, now, state.Spec!.Path), new DoStep(VolumeStep.Unmount, state.Spec));

    private static Decision Gone(VolumeState state) => Decision.Only(
        new GoalDone($"volume {state.Spec!.Name} is half removed, because removing it failed before; try again: devoxx-compose volume rm {state.Spec.Name}"));

    private static bool SameOptions(VolumeSpec one, VolumeSpec other) =>
        one.Kind == other.Kind && one.Options.SequenceEqual(other.Options);
}
