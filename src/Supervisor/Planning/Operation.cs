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

    /// <summary>Of <see cref="OperationKind.KillContainer"/>.</summary>
    public int Signal { get; init; }

    /// <summary><c>3 start shop-web-1: it is new (after 1, 2)</c></summary>
    public override string ToString() =>
        $"{Id} {Verb} {Name}: {Cause}" + (After.IsEmpty ? "" : $" (after {string.Join(", ", After)})");

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
        _ => Kind.ToString(),
    };
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

    /// <summary>An operation a line.</summary>
    public override string ToString() => string.Join('\n', Operations);
}
