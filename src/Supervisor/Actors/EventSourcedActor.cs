using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Actors;

/// <summary>
/// The shell around a pure core: persists what was decided, takes it into the state, and only then performs the effects.
/// What an actor is, and when it listens to what, is its own business.
/// </summary>
/// <remarks>Untyped, because the typed receive actors compile expressions, which ahead-of-time code interprets.</remarks>
internal abstract class EventSourcedActor<TState, TEvent, TEffect> : UntypedPersistentActor
    where TState : class
    where TEvent : class, IEvent
{
    /// <summary>How many events an actor writes between two snapshots.</summary>
    private static readonly int EventsBetweenSnapshots = JournalHousekeeping.EventsBetweenSnapshots;

    private readonly UnderWay underWay;
    private string? saidToBeDoing;
    private int unwritten;

    protected EventSourcedActor(string persistenceId, TState initial)
    {
        PersistenceId = persistenceId;
        State = initial;
        underWay = UnderWay.Of(Context.System);
    }

    public override string PersistenceId { get; }

    protected TState State { get; private set; }

    /// <summary>What it is in the middle of, as the end of a sentence that begins with its name; null: nothing, it waits for a command, a process or a time.</summary>
    protected virtual string? Doing => null;

    /// <summary>Those of its children that say what they are in the middle of.</summary>
    protected virtual IEnumerable<IActorRef> Subordinates => [];

    protected abstract TState Apply(TState state, TEvent @event);

    protected abstract void Perform(TEffect effect);

    /// <summary>Everything of the journal has been taken in.</summary>
    protected abstract void OnRecovered();

    /// <summary>The state is another than before.</summary>
    protected virtual void OnChanged()
    {
    }

    protected void Carry(Decision<TEvent, TEffect> decision)
    {
        if (decision.Events.IsEmpty)
        {
            PerformAll(decision);
            return;
        }

        var left = decision.Events.Length;
        unwritten++;
        PersistAll(decision.Events, @event =>
        {
            State = Apply(State, @event);
            if (--left > 0)
            {
                return;
            }

            if (LastSequenceNr / EventsBetweenSnapshots > (LastSequenceNr - decision.Events.Length) / EventsBetweenSnapshots)
            {
                SaveSnapshot(State);
            }

            unwritten--;
            OnChanged();
            PerformAll(decision);
        });
    }

    /// <inheritdoc/>
    public override void AroundPreStart()
    {
        Say();
        base.AroundPreStart();
    }

    /// <inheritdoc/>
    public override void AroundPostStop()
    {
        base.AroundPostStop();
        underWay.Set(PersistenceId, null);
    }

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is Muster muster)
        {
            var subordinates = Subordinates.ToList();
            subordinates.ForEach(each => each.Tell(muster));
            muster.To.Tell(new Mustered(muster.Number, subordinates.Count));
            return true;
        }

        var handled = base.AroundReceive(receive, message);
        Say();
        return handled;
    }

    /// <summary>After it has told others what follows for them: they have that in their mailboxes by the time this is heard of.</summary>
    private void Say()
    {
        var doing = IsRecovering ? "is read from the journal" : unwritten > 0 ? "is being written down" : Doing;
        if (doing is not null || saidToBeDoing is not null)
        {
            underWay.Set(PersistenceId, doing);
            saidToBeDoing = doing;
        }
    }

    protected sealed override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: TState snapshot }:
                State = snapshot;
                break;
            case TEvent @event:
                State = Apply(State, @event);
                break;
            case RecoveryCompleted:
                OnRecovered();
                break;
            default:
                throw new InvalidOperationException($"{PersistenceId}: the journal holds a {message.GetType().Name}, which this actor does not know");
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Context.System.EventStream.Publish(new JournalFailed(PersistenceId, cause));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <summary>An event that cannot be written at all: a fault of ours, and as fatal as a disk that fails.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Context.System.EventStream.Publish(new JournalFailed(PersistenceId, cause));
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Context.System.EventStream.Publish(new JournalFailed(PersistenceId, reason));
        base.OnRecoveryFailure(reason, message);
    }

    /// <summary>Snapshots come and go unnoticed: without one, more events are replayed, nothing else.</summary>
    protected bool IsSnapshotNotice(object message)
    {
        if (message is SaveSnapshotFailure failure)
        {
            Context.GetLogger().Warning("{0}: no snapshot: {1}", PersistenceId, failure.Cause.Message);
        }

        return message is SaveSnapshotSuccess or SaveSnapshotFailure;
    }

    private void PerformAll(Decision<TEvent, TEffect> decision)
    {
        foreach (var effect in decision.Effects)
        {
            Perform(effect);
        }
    }
}

/// <summary>Published when the journal cannot be written or read: the supervisor must not go on as if it could.</summary>
internal sealed record JournalFailed(string PersistenceId, Exception Cause);
