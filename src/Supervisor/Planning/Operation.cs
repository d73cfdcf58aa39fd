using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Planning;

public enum OperationKind
{
    CreateNetwork,
    RemoveNetwork,
    CreateVolume,
    CreateContainer,
    StartContainer,
    StopContainer,
    KillContainer,
    PauseContainer,
    UnpauseContainer,
    RemoveContainer,
    RemoveVolume,

    /// <summary>Wait until a container is as <see cref="Operation.Condition"/> has it.</summary>
    AwaitContainer,

    /// <summary>Give a container another name.</summary>
    RenameContainer,

    /// <summary>Go on with an update if not too much of it has failed: <see cref="Operation.Step"/>.</summary>
    ContinueUpdate,
}

/// <summary>One effect of a plan: what is done to what, why, and after which others.</summary>
/// <param name="Id">Its number in the plan, from 1.</param>
/// <param name="Name">Of the container, volume or network.</param>
/// <param name="Cause">Why, for people: it goes into the journal too.</param>
/// <param name="After">Operations that must have succeeded first.</param>
public sealed record Operation(int Id, OperationKind Kind, string Name, string Cause, ImmutableArray<int> After)
{
    /// <summary>The container it is about; null for a volume or network.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Of <see cref="OperationKind.CreateContainer"/>.</summary>
    public ContainerSpec? Container { get; init; }

    /// <summary>Of <see cref="OperationKind.CreateVolume"/>.</summary>
    public VolumeSpec? Volume { get; init; }

    /// <summary>Of <see cref="OperationKind.CreateNetwork"/>.</summary>
    public Networks.NetworkSpec? Network { get; init; }

    /// <summary>Of <see cref="OperationKind.StopContainer"/>; null: the container's own.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Of <see cref="OperationKind.StopContainer"/>: the machine stops.</summary>
    public bool ByHalt { get; init; }

    /// <summary>Of <see cref="OperationKind.KillContainer"/>.</summary>
    public int Signal { get; init; }

    /// <summary>Operations that must be over first, whatever came of them.</summary>
    public ImmutableArray<int> AfterSettled { get; init; } = [];

    /// <summary>Left out unless one of these has failed.</summary>
    public ImmutableArray<int> IfFailed { get; init; } = [];

    /// <summary>Of <see cref="OperationKind.StartContainer"/>: what its dependencies have to be like, for people. The container's project holds it to it.</summary>
    public string? When { get; init; }

    /// <summary>Of <see cref="OperationKind.StartContainer"/>: dependencies do not count.</summary>
    public bool Ungated { get; init; }

    /// <summary>Of <see cref="OperationKind.StartContainer"/>: who wants it.</summary>
    public StartedBy StartedBy { get; init; } = StartedBy.User;

    /// <summary>Of <see cref="OperationKind.AwaitContainer"/>.</summary>
    public ReplicaCondition Condition { get; init; }

    /// <summary>Of <see cref="OperationKind.AwaitContainer"/>: how long it must have run.</summary>
    public TimeSpan Monitor { get; init; }

    /// <summary>Of <see cref="OperationKind.RenameContainer"/>.</summary>
    public string? NewName { get; init; }

    /// <summary>Of <see cref="OperationKind.ContinueUpdate"/>.</summary>
    public UpdateStep? Step { get; init; }

    /// <summary>Its failure is counted by an <see cref="UpdateStep"/>; by itself it only is a warning.</summary>
    public bool Tolerable { get; init; }

    /// <summary><c>3 start shop-web-1: it is new (after 1, 2)</c></summary>
    public override string ToString() =>
        $"{Id} {Verb} {Name}{Details}: {Cause}" + (Conditions is { Length: > 0 } conditions ? $" ({conditions})" : "");

    private string Details => Kind switch
    {
        OperationKind.AwaitContainer => " " + Condition.ToString().ToLowerInvariant() + (Monitor > TimeSpan.Zero ? " for " + InWords.Span(Monitor) : ""),
        OperationKind.RenameContainer => " to " + NewName,
        OperationKind.ContinueUpdate => $" {Step}",
        _ => "",
    };

    private string Conditions => string.Join("; ", new[]
    {
        After.IsEmpty ? "" : $"after {string.Join(", ", After)}",
        AfterSettled.IsEmpty ? "" : $"after {string.Join(", ", AfterSettled)} in any case",
        IfFailed.IsEmpty ? "" : $"only if {string.Join(" or ", IfFailed)} fails",
        When is null ? "" : $"when {When}",
    }.Where(c => c.Length > 0));

    private string Verb => Kind switch
    {
        OperationKind.CreateNetwork => "create network",
        OperationKind.RemoveNetwork => "remove network",
        OperationKind.CreateVolume => "create volume",
        OperationKind.CreateContainer => "create",
        OperationKind.StartContainer => "start",
        OperationKind.StopContainer => "stop",
        OperationKind.KillContainer => "kill",
        OperationKind.PauseContainer => "pause",
        OperationKind.UnpauseContainer => "unpause",
        OperationKind.RemoveContainer => "remove",
        OperationKind.RemoveVolume => "remove volume",
        OperationKind.AwaitContainer => "await",
        OperationKind.RenameContainer => "rename",
        OperationKind.ContinueUpdate => "continue update of",
        _ => Kind.ToString(),
    };
}

/// <summary>One batch of an update is over: whether the next may begin.</summary>
/// <param name="Batch">From 1: the batch that is over.</param>
/// <param name="Tolerated">How many of those before it may have failed.</param>
/// <param name="Delay">How long to wait before the next.</param>
/// <param name="Action">What becomes of the update otherwise: <c>pause</c> or <c>rollback</c>.</param>
public sealed record UpdateStep(int Batch, int Batches, int Replicas, int Tolerated, TimeSpan Delay, string Action)
{
    /// <summary><c>after batch 1 of 3, unless more than 0 of 3 have failed, in 5 s</c></summary>
    public override string ToString() =>
        $"after batch {Batch} of {Batches}"
        + (Tolerated >= Replicas ? "" : $", unless more than {Tolerated} of {Replicas} have failed")
        + (Delay > TimeSpan.Zero ? $", in {InWords.Span(Delay)}" : "");
}

/// <summary>What is to be done, in an order that holds; what is left as it is; and what stands in the way of all of it.</summary>
/// <param name="Unchanged">Names of containers that are as wanted.</param>
/// <param name="Errors">If there are any, nothing is done.</param>
public sealed record Plan(
    ImmutableArray<Operation> Operations,
    ImmutableArray<string> Unchanged,
    ImmutableArray<string> Warnings,
    ImmutableArray<string> Errors)
{
    public static Plan Empty { get; } = new([], [], [], []);

    public static Plan Refused(params ImmutableArray<string> errors) => Empty with { Errors = errors };

    /// <summary>Services that are updated in batches, and why.</summary>
    public ImmutableSortedDictionary<string, string> Updates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>An operation a line.</summary>
    public override string ToString() => string.Join('\n', Operations);
}
