using System.Text.Json.Serialization;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>What happens to the cgroup of one run.</summary>
public interface ICgroupEvent : IEvent;

/// <summary>Intent: make it and write the limits, before any process is in it.</summary>
/// <param name="Path">From the root of each hierarchy.</param>
public sealed record CgroupCreateRequested(Subject Subject, DateTimeOffset At, int Run, string Path, ResourceLimits Limits) : ICgroupEvent;

/// <summary>Outcome: it is there, and every limit reads back as asked.</summary>
public sealed record CgroupCreated(Subject Subject, DateTimeOffset At, int Run) : ICgroupEvent;

/// <summary>The kernel killed something in it for want of memory.</summary>
/// <param name="OomKills">How many in this run so far.</param>
public sealed record CgroupOomKilled(Subject Subject, DateTimeOffset At, int Run, int OomKills) : ICgroupEvent;

/// <summary>Intent: every process in it stands still, or goes on.</summary>
/// <param name="Cause">Who asked.</param>
public sealed record CgroupFreezeRequested(Subject Subject, DateTimeOffset At, int Run, bool Frozen, string Cause) : ICgroupEvent;

/// <summary>Outcome: the kernel says that all of it stands still, or goes on.</summary>
public sealed record CgroupFrozen(Subject Subject, DateTimeOffset At, int Run, bool Frozen) : ICgroupEvent;

/// <summary>Outcome: it stands as it stood.</summary>
public sealed record CgroupNotFrozen(Subject Subject, DateTimeOffset At, int Run, string Error) : ICgroupEvent;

/// <summary>Intent: whatever is left in it is killed, and it goes.</summary>
public sealed record CgroupRemoveRequested(Subject Subject, DateTimeOffset At, int Run) : ICgroupEvent;

/// <summary>Outcome: it is gone; what it had counted.</summary>
public sealed record CgroupRemoved(Subject Subject, DateTimeOffset At, int Run, CgroupUsage Usage) : ICgroupEvent;

/// <summary>What a run used, by its own cgroup.</summary>
/// <param name="MemoryPeak">Bytes; null where the kernel does not tell.</param>
public sealed record CgroupUsage(long? MemoryPeak, TimeSpan? CpuTime, int OomKills)
{
    public static CgroupUsage Unknown { get; } = new(null, null, 0);
}

/// <summary>A container's cgroup as its events have made it.</summary>
public sealed record CgroupState
{
    public static CgroupState Initial { get; } = new();

    public CgroupPhase Phase { get; init; }

    public int Run { get; init; }

    public string Path { get; init; } = "";

    public ResourceLimits Limits { get; init; } = new();

    public int OomKills { get; init; }

    public CgroupUsage Usage { get; init; } = CgroupUsage.Unknown;

    public bool Frozen { get; init; }

    /// <summary>What has been asked for and has not come out; null: nothing.</summary>
    public CgroupFreezeRequested? Freezing { get; init; }

    /// <summary>Who asked for it to stand still as it does; null: nobody, or a journal of before this was kept.</summary>
    public string? FrozenFor { get; init; }

    public CgroupState Apply(ICgroupEvent @event) => @event switch
    {
        CgroupCreateRequested e => new CgroupState { Phase = CgroupPhase.Creating, Run = e.Run, Path = e.Path, Limits = e.Limits },
        CgroupCreated => this with { Phase = CgroupPhase.Present },
        CgroupOomKilled e => this with { OomKills = e.OomKills },
        CgroupFreezeRequested e => this with { Freezing = e },
        CgroupFrozen e => this with { Frozen = e.Frozen, FrozenFor = e.Frozen ? Freezing?.Cause : null, Freezing = null },
        CgroupNotFrozen => this with { Freezing = null },
        CgroupRemoveRequested => this with { Phase = CgroupPhase.Removing, Frozen = false, FrozenFor = null, Freezing = null },
        CgroupRemoved e => this with { Phase = CgroupPhase.Absent, Usage = e.Usage },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a cgroup"),
    };
}

public enum CgroupPhase
{
    Absent,
    Creating,
    Present,
    Removing,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CgroupCreateRequested))]
[JsonSerializable(typeof(CgroupCreated))]
[JsonSerializable(typeof(CgroupOomKilled))]
[JsonSerializable(typeof(CgroupFreezeRequested))]
[JsonSerializable(typeof(CgroupFrozen))]
[JsonSerializable(typeof(CgroupNotFrozen))]
[JsonSerializable(typeof(CgroupRemoveRequested))]
[JsonSerializable(typeof(CgroupRemoved))]
[JsonSerializable(typeof(CgroupState))]
internal sealed partial class CgroupEventJson : JsonSerializerContext;
