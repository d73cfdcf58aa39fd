using System.Collections.Immutable;

namespace Devoxx.Supervisor.Actors;

/// <summary>
/// What an actor decides on a command: the events that are true once they are in the journal, and the effects that follow
/// when they are. Nothing else may happen.
/// </summary>
public sealed record Decision<TEvent, TEffect>(ImmutableArray<TEvent> Events, ImmutableArray<TEffect> Effects)
{
    public static Decision<TEvent, TEffect> Nothing { get; } = new([], []);

    public static Decision<TEvent, TEffect> Only(params ImmutableArray<TEffect> effects) => new([], effects);

    public static Decision<TEvent, TEffect> Of(TEvent @event, params ImmutableArray<TEffect> effects) => new([@event], effects);

    public static Decision<TEvent, TEffect> Of(ImmutableArray<TEvent> events, params ImmutableArray<TEffect> effects) => new(events, effects);
}
