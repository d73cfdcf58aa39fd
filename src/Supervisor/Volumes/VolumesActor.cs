using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Volumes;

/// <summary>Which mount sources there are, so that recovery finds them all.</summary>
public interface IVolumesEvent : IEvent;

/// <summary>A mount source is known from here on.</summary>
/// <param name="Name">Of a host path, the path.</param>
/// <param name="Project">Whose it is; null: nobody's.</param>
public sealed record VolumeRegistered(Subject Subject, string Name, bool IsHostPath, string? Project) : IVolumesEvent;

/// <summary>It has been removed: recovery need not look for it.</summary>
public sealed record VolumeForgotten(Subject Subject, string Name) : IVolumesEvent;

/// <summary>What is known of a mount source before it is asked.</summary>
public sealed record KnownVolume(bool IsHostPath, string? Project);

public sealed record VolumesState(ImmutableSortedDictionary<string, KnownVolume> Names)
{
    public static VolumesState Initial { get; } = new(ImmutableSortedDictionary.Create<string, KnownVolume>(StringComparer.Ordinal));

    public VolumesState Apply(IVolumesEvent @event) => @event switch
    {
        VolumeRegistered e => new(Names.SetItem(e.Name, new KnownVolume(e.IsHostPath, e.Project))),
        VolumeForgotten e => new(Names.Remove(e.Name)),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of the volumes"),
    };
}

/// <summary>Asks for every volume's state; answered by an array of <see cref="VolumeState"/>.</summary>
public sealed record GetVolumes;

/// <summary>Sent up once, when every volume of the journal has settled.</summary>
internal sealed record VolumesReady;

/// <summary>The parent of all mount sources that containers share: finds the one a message is for, or makes it.</summary>
internal sealed class VolumesActor(SupervisorEnvironment environment)
    : EventSourcedActor<VolumesState, IVolumesEvent, VolumesActor.Forward>("volumes", VolumesState.Initial)
{
    private readonly Dictionary<string, VolumeState> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> settling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IActorRef> children = new(StringComparer.Ordinal);
    private int lives;

    /// <summary>Pass the message on to the volume of this name.</summary>
    internal sealed record Forward(string Name, IVolumeCommand Command);

    protected override string? Doing => settling.Count > 0 ? $"wait for {string.Join(", ", settling.Order(StringComparer.Ordinal))}" : null;

    // None that is being stopped: it would not answer.
    protected override IEnumerable<IActorRef> Subordinates => children.Values;

    protected override VolumesState Apply(VolumesState state, IVolumesEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
        settling.UnionWith(State.Names.Keys);
        foreach (var name in State.Names.Keys)
        {
            Child(name);
        }

        TellIfSettled();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CreateVolume c:
                Route(c.Spec.Name, c.Spec, c);
                break;
            case AttachVolume c:
                Route(c.Name, c.Spec, c);
                break;
            case DetachVolume c:
                Route(c.Name, null, c);
                break;
            case RemoveVolume c:
                Route(c.Name, null, c);
                break;
            case VolumeChanged changed:
                Changed(changed);
                break;
            case GetVolumes:
                Sender.Tell(known.Values
                    .Where(Projects.ProjectObservation.Exists)
                    .OrderBy(v => v.Spec!.Name, StringComparer.Ordinal)
                    .ToImmutableArray());
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    protected override void Perform(Forward effect) => Child(effect.Name).Tell(effect.Command);

    /// <param name="spec">What to register it as; null: it is registered, or there is nothing to do.</param>
    private void Route(string name, VolumeSpec? spec, IVolumeCommand command)
    {
        if (State.Names.ContainsKey(name))
        {
            Perform(new Forward(name, command));
        }
        else if (spec is not null)
        {
            var known = new KnownVolume(spec.Kind == VolumeKind.HostPath, spec.Project);
            Carry(new([new VolumeRegistered(SubjectOf(name, known), name, known.IsHostPath, known.Project)], [new Forward(name, command)]));
        }
        else
        {
            AnswerUnknown(command);
        }
    }

    private static void AnswerUnknown(IVolumeCommand command)
    {
        switch (command)
        {
            case AttachVolume c:
                c.ReplyTo.Tell(new AttachAnswer(c.Name, c.Run, null, $"volume {c.Name} does not exist"));
                break;
            case DetachVolume c:
                c.ReplyTo.Tell(new DetachAnswer(c.Name, c.Run, null));
                break;
            case RemoveVolume c:
                c.ReplyTo.Tell(new VolumeAnswer(c.Order, c.Name, $"no such volume: {c.Name}", Changed: false));
                break;
        }
    }

    private void Changed(VolumeChanged changed)
    {
        // A child names itself only once it has a state; until then its actor's place tells which it is.
        var name = changed.Name.Length > 0 ? changed.Name : children.FirstOrDefault(c => c.Value.Equals(Sender)).Key ?? "";
        known[name] = changed.State;
        if (changed.Recovered && settling.Remove(name))
        {
            TellIfSettled();
        }

        // One that was removed in an earlier life comes back as such when it is made again.
        if (changed is { Recovered: false, State.Phase: VolumePhase.Removed } && State.Names.TryGetValue(name, out var gone))
        {
            Carry(new([new VolumeForgotten(SubjectOf(name, gone), name)], []));
            known.Remove(name);
            if (children.Remove(name, out var child))
            {
                Context.Stop(child);
            }
        }
    }

    private void TellIfSettled()
    {
        if (settling.Count == 0)
        {
            Context.Parent.Tell(new VolumesReady());
        }
    }

    private IActorRef Child(string name)
    {
        if (!children.TryGetValue(name, out var child))
        {
            // Numbered, for one of the same name may still be going.
            child = Context.ActorOf(
                Producer<VolumeActor>.Props(() => new VolumeActor("volume-" + name, SubjectOf(name, State.Names[name]), environment)),
                $"v{lives++}-{Uri.EscapeDataString(name).Replace('~', '-')}");
            children[name] = child;
        }

        return child;
    }

    private static Subject SubjectOf(string name, KnownVolume known) => new(known.Project, Volume: name);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VolumeRegistered))]
[JsonSerializable(typeof(VolumeForgotten))]
[JsonSerializable(typeof(VolumesState))]
internal sealed partial class VolumesEventJson : JsonSerializerContext;
