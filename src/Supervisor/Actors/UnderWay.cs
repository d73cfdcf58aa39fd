using System.Collections.Immutable;
using Akka.Actor;

namespace Devoxx.Supervisor.Actors;

/// <summary>
/// What the actors of one supervisor are in the middle of: each says so of itself after every message. When there is nothing, and
/// <see cref="Muster"/> has found that no message is on its way that would begin something, all has settled: the journal and
/// the kernel agree, and stay so until somebody asks, a process ends, or a time comes.
/// </summary>
internal sealed class UnderWay : IExtension
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, string> doing = new(StringComparer.Ordinal);
    private Action? whenNothing;
    private long changes;

    public static UnderWay Of(ActorSystem system) => system.WithExtension<UnderWay, Provider>();

    /// <summary>Counts what has begun and ended: between two equal numbers nothing has.</summary>
    public long Changes
    {
        get
        {
            lock (gate)
            {
                return changes;
            }
        }
    }

    public bool IsNothing
    {
        get
        {
            lock (gate)
            {
                return doing.Count == 0;
            }
        }
    }

    /// <summary>In words, each with who it is.</summary>
    public ImmutableArray<string> What
    {
        get
        {
            lock (gate)
            {
                return [.. doing.Select(each => $"{each.Key} {each.Value}")];
            }
        }
    }

    /// <param name="tell">Called whenever the last of it has ended, by whoever ended it: must not block.</param>
    public void WhenNothing(Action tell)
    {
        lock (gate)
        {
            whenNothing = tell;
        }
    }

    /// <param name="what">What it is in the middle of, as the end of a sentence; null: nothing.</param>
    public void Set(string who, string? what)
    {
        Action? tell = null;
        lock (gate)
        {
            if (what is not null)
            {
                changes += doing.GetValueOrDefault(who) == what ? 0 : 1;
                doing[who] = what;
            }
            else if (doing.Remove(who))
            {
                changes++;
                tell = doing.Count == 0 ? whenNothing : null;
            }
        }

        tell?.Invoke();
    }

    private sealed class Provider : ExtensionIdProvider<UnderWay>
    {
        public override UnderWay CreateExtension(ExtendedActorSystem system) => new();
    }
}

/// <summary>
/// Passed down from parent to child, each of which tells <paramref name="To"/>: whatever was in its mailbox before has been dealt with by then.
/// </summary>
internal sealed record Muster(long Number, IActorRef To);

/// <param name="PassedOn">To how many children: as many more answers come.</param>
internal sealed record Mustered(long Number, int PassedOn);
