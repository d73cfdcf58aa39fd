using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Mounts;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Volumes;

/// <summary>
/// Owns the life of one mount source. Carries out one goal at a time; while a step is under way, whatever else comes waits.
/// </summary>
internal sealed class VolumeActor : EventSourcedActor<VolumeState, IVolumeEvent, IVolumeEffect>
{
    private readonly Subject subject;
    private readonly SupervisorEnvironment environment;
    private IVolumeCommand? goal;
    private bool populated;

    /// <summary>Why the goal cannot be reached, while what was done for it is being undone.</summary>
    private string? failure;

    public VolumeActor(string persistenceId, Subject subject, SupervisorEnvironment environment)
        : base(persistenceId, VolumeState.Initial)
    {
        this.subject = subject;
        this.environment = environment;
    }

    protected override string? Doing => goal is not null ? "is being made ready, let go or removed" : null;

    protected override VolumeState Apply(VolumeState state, IVolumeEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
        if (State.Phase is VolumePhase.Absent or VolumePhase.Removed or VolumePhase.Ready)
        {
            Context.Parent.Tell(new VolumeChanged(State.Spec?.Name ?? "", State, Recovered: true));
            return;
        }

        Pursue(new SettleVolume(State.Spec!.Kind == VolumeKind.Typed && MountTable.Read().Any(m => m.MountPoint == State.Spec.Path)));
    }

    protected override void OnChanged() => Context.Parent.Tell(new VolumeChanged(State.Spec?.Name ?? "", State));

    /// <summary>Idle: a command becomes the goal. Left for <see cref="Busy"/>.</summary>
    protected override void OnCommand(object message)
    {
        if (message is IVolumeCommand command)
        {
            Pursue(command);
        }
        else if (!IsSnapshotNotice(message))
        {
            Unhandled(message);
        }
    }

    /// <summary>A step is under way. Left when the goal is reached or cannot be.</summary>
    private void Busy(object message)
    {
        switch (message)
        {
            case VolumeStepDone done:
                populated |= done.Step is VolumeStep.Populate || (done.Step == VolumeStep.Create && State.Spec!.Kind == VolumeKind.HostPath);
                var outcome = VolumeDecisions.Outcome(done.Step, done.Note, goal!, failure, subject, environment.Now);
                if (outcome is null)
                {
                    Advance();
                }
                else
                {
                    Carry(new([outcome], [new NextStep()]));
                }

                break;
            case VolumeStepFailed failed when failure is not null:
                Finish(new GoalDone($"{failure}; and what was half done cannot be undone: {failed.Error}"));
                break;
            case VolumeStepFailed failed:
                var undo = VolumeDecisions.Undo(State, failed.Step, subject, environment.Now);
                if (undo.Effects.IsEmpty)
                {
                    Finish(new GoalDone(failed.Error));
                }
                else
                {
                    failure = failed.Error;
                    Carry(undo);
                }

                break;
            case IVolumeCommand:
                Stash.Stash();
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    protected override void Perform(IVolumeEffect effect)
    {
        switch (effect)
        {
            case DoStep step:
                var self = Self;
                environment.Kernel
                    .Run(() => VolumeEffects.Do(step, environment))
                    .PipeTo(self, success: note => new VolumeStepDone(step.Step, note), failure: e => new VolumeStepFailed(step.Step, e.Message));
                break;
            case NextStep when failure is not null:
                Finish(new GoalDone(failure));
                break;
            case NextStep:
                Advance();
                break;
            case GoalDone done:
                Finish(done);
                break;
        }
    }

    private void Pursue(IVolumeCommand command)
    {
        goal = command;
        populated = false;
        Become(Busy);
        Advance();
    }

    private void Advance() => Carry(VolumeDecisions.Next(State, goal!, populated, subject, environment.Now));

    private void Finish(GoalDone done)
    {
        switch (goal)
        {
            case CreateVolume c:
                c.ReplyTo.Tell(new VolumeAnswer(c.Order, c.Spec.Name, done.Error, done.Changed));
                break;
            case AttachVolume c:
                c.ReplyTo.Tell(new AttachAnswer(c.Name, c.Run, done.Error is null ? State.Spec!.Path : null, done.Error));
                break;
            case DetachVolume c:
                c.ReplyTo.Tell(new DetachAnswer(c.Name, c.Run, done.Error));
                break;
            case RemoveVolume c:
                c.ReplyTo.Tell(new VolumeAnswer(c.Order, c.Name, done.Error, done.Changed));
                break;
            case SettleVolume when done.Error is { } error:
                Context.GetLogger().Error("volume {0}: {1}", State.Spec?.Name, error);
                break;
        }

        if (goal is SettleVolume)
        {
            Context.Parent.Tell(new VolumeChanged(State.Spec?.Name ?? "", State, Recovered: true));
        }

        (goal, failure) = (null, null);
        Become(OnCommand);
        Stash.UnstashAll();
    }

    /// <summary>The outcome of a step is in the journal: on to the next.</summary>
    private sealed record NextStep : IVolumeEffect;
}
