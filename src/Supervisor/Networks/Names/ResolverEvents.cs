using System.Text.Json.Serialization;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>What happens to the process that answers the containers' questions for names.</summary>
public interface IResolverEvent : IEvent;

/// <summary>It runs. There is no intent before it: a resolver says itself which process it is, and is found by that.</summary>
public sealed record ResolverStarted(Subject Subject, DateTimeOffset At, ProcessIdentity Process) : IResolverEvent;

/// <summary>It runs no more.</summary>
/// <param name="Cause">Why, in words.</param>
public sealed record ResolverEnded(Subject Subject, DateTimeOffset At, int Pid, string Cause) : IResolverEvent;

/// <summary>Which resolver runs.</summary>
/// <param name="Process">Null: none.</param>
public sealed record ResolverState(ProcessIdentity? Process = null)
{
    public static ResolverState Initial { get; } = new();

    public ResolverState Apply(IResolverEvent @event) => @event switch
    {
        ResolverStarted e => new(e.Process),
        ResolverEnded => Initial,
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of the resolver"),
    };
}

internal enum ResolverEffect
{
    /// <summary>Wait for the end of the process that runs.</summary>
    Watch,

    /// <summary>Start one if anybody needs it.</summary>
    StartIfNeeded,
}

/// <summary>What follows from what is seen of the resolver. Pure.</summary>
internal static class ResolverDecisions
{
    /// <param name="alive">The one that serves the directory; null: none.</param>
    public static Decision<IResolverEvent, ResolverEffect> Seen(ResolverState state, ProcessIdentity? alive, DateTimeOffset now)
    {
        if (alive is null)
        {
            return state.Process is null ? Decision<IResolverEvent, ResolverEffect>.Only(ResolverEffect.StartIfNeeded) : Ended(state, "nobody saw it end", now);
        }

        return alive == state.Process ? Decision<IResolverEvent, ResolverEffect>.Only(ResolverEffect.Watch)
            : Decision<IResolverEvent, ResolverEffect>.Of(
                [.. Gone(state, "another has taken its place", now), new ResolverStarted(Subject.None, now, alive)], ResolverEffect.Watch);
    }

    public static Decision<IResolverEvent, ResolverEffect> Ended(ResolverState state, string cause, DateTimeOffset now) =>
        new([.. Gone(state, cause, now)], [ResolverEffect.StartIfNeeded]);

    private static IEnumerable<IResolverEvent> Gone(ResolverState state, string cause, DateTimeOffset now) =>
        state.Process is { } process ? [new ResolverEnded(Subject.None, now, process.Pid, cause)] : [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResolverStarted))]
[JsonSerializable(typeof(ResolverEnded))]
[JsonSerializable(typeof(ResolverState))]
internal sealed partial class ResolverEventJson : JsonSerializerContext;
