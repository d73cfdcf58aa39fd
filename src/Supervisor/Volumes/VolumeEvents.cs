using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Volumes;

/// <summary>What happens to one mount source.</summary>
public interface IVolumeEvent : IEvent;

/// <summary>Intent: its directories are about to be made.</summary>
public sealed record VolumeCreateRequested(Subject Subject, DateTimeOffset At, VolumeSpec Spec) : IVolumeEvent;

/// <summary>Outcome: they are there.</summary>
public sealed record VolumeCreated(Subject Subject, DateTimeOffset At) : IVolumeEvent;

/// <summary>Outcome: it could not be made, and what was made of it is gone again.</summary>
public sealed record VolumeNotCreated(Subject Subject, DateTimeOffset At, string Error) : IVolumeEvent;

/// <summary>Intent: mount it on the host.</summary>
public sealed record VolumeMountRequested(Subject Subject, DateTimeOffset At, string Source, string Target, string FsType, string Options) : IVolumeEvent;

/// <summary>Outcome: /proc/self/mountinfo has it.</summary>
public sealed record VolumeMounted(Subject Subject, DateTimeOffset At) : IVolumeEvent;

/// <summary>A container uses it from here on.</summary>
public sealed record VolumeAttached(Subject Subject, DateTimeOffset At, string ContainerId) : IVolumeEvent;

/// <summary>It was empty, and now holds what the image has at the target.</summary>
public sealed record VolumePopulated(Subject Subject, DateTimeOffset At, string ImageId, string ImagePath) : IVolumeEvent;

/// <summary>The container has let go of it.</summary>
public sealed record VolumeDetached(Subject Subject, DateTimeOffset At, string ContainerId) : IVolumeEvent;

/// <summary>Intent: unmount it from the host.</summary>
public sealed record VolumeUnmountRequested(Subject Subject, DateTimeOffset At, string Target) : IVolumeEvent;

/// <summary>Outcome: nothing is mounted there.</summary>
/// <param name="Lazily">It was busy to the end and left by MNT_DETACH; by whom.</param>
public sealed record VolumeUnmounted(Subject Subject, DateTimeOffset At, string? Lazily) : IVolumeEvent;

/// <summary>Intent: it goes, with all it holds.</summary>
public sealed record VolumeRemoveRequested(Subject Subject, DateTimeOffset At, string Cause) : IVolumeEvent;

/// <summary>Outcome: nothing of it is left.</summary>
public sealed record VolumeRemoved(Subject Subject, DateTimeOffset At) : IVolumeEvent;

public enum VolumePhase
{
    Absent,
    Creating,
    Ready,
    Mounting,
    Mounted,
    Unmounting,
    Removing,
    Removed,
}

/// <summary>A mount source as its events have made it.</summary>
public sealed record VolumeState
{
    public static VolumeState Initial { get; } = new();

    public VolumePhase Phase { get; init; }

    public VolumeSpec? Spec { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Ids of the containers that use it.</summary>
    public ImmutableSortedSet<string> Attached { get; init; } = [];

    public VolumeState Apply(IVolumeEvent @event) => @event switch
    {
        VolumeCreateRequested e => this with { Phase = VolumePhase.Creating, Spec = e.Spec, CreatedAt = e.At, Attached = [] },
        VolumeCreated => this with { Phase = VolumePhase.Ready },
        VolumeNotCreated => this with { Phase = VolumePhase.Absent },
        VolumeMountRequested => this with { Phase = VolumePhase.Mounting },
        VolumeMounted => this with { Phase = VolumePhase.Mounted },
        VolumeAttached e => this with { Attached = Attached.Add(e.ContainerId) },
        VolumePopulated => this,
        VolumeDetached e => this with { Attached = Attached.Remove(e.ContainerId) },
        VolumeUnmountRequested => this with { Phase = VolumePhase.Unmounting },
        VolumeUnmounted => this with { Phase = VolumePhase.Ready },
        VolumeRemoveRequested => this with { Phase = VolumePhase.Removing },
        VolumeRemoved => this with { Phase = VolumePhase.Removed, Attached = [] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a volume"),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(VolumeCreateRequested))]
[JsonSerializable(typeof(VolumeCreated))]
[JsonSerializable(typeof(VolumeNotCreated))]
[JsonSerializable(typeof(VolumeMountRequested))]
[JsonSerializable(typeof(VolumeMounted))]
[JsonSerializable(typeof(VolumeAttached))]
[JsonSerializable(typeof(VolumePopulated))]
[JsonSerializable(typeof(VolumeDetached))]
[JsonSerializable(typeof(VolumeUnmountRequested))]
[JsonSerializable(typeof(VolumeUnmounted))]
[JsonSerializable(typeof(VolumeRemoveRequested))]
[JsonSerializable(typeof(VolumeRemoved))]
[JsonSerializable(typeof(VolumeState))]
internal sealed partial class VolumeEventJson : JsonSerializerContext;
