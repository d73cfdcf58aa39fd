using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Planning;

/// <summary>Numbers operations as they are added, and keeps what they wait for.</summary>
/// <param name="startedBy">Who wants the starts that are added without a word on that.</param>
internal sealed class PlanBuilder(StartedBy startedBy = StartedBy.User)
{
    private readonly ImmutableArray<Operation>.Builder operations = ImmutableArray.CreateBuilder<Operation>();

    /// <summary>Those so far.</summary>
    public IReadOnlyList<Operation> Operations => operations;

    public ImmutableArray<string>.Builder Unchanged { get; } = ImmutableArray.CreateBuilder<string>();

    public ImmutableArray<string>.Builder Warnings { get; } = ImmutableArray.CreateBuilder<string>();

    public ImmutableArray<string>.Builder Errors { get; } = ImmutableArray.CreateBuilder<string>();

    public int CreateVolume(VolumeSpec volume, string cause) =>
        Add(new Operation(0, OperationKind.CreateVolume, volume.Name, cause, []) { Volume = volume });

    public int CreateNetwork(Networks.NetworkSpec network, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, OperationKind.CreateNetwork, network.Name, cause, [.. after]) { Network = network });

    public int RemoveNetwork(string name, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, OperationKind.RemoveNetwork, name, cause, [.. after]));

    public int RemoveVolume(string name, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, OperationKind.RemoveVolume, name, cause, [.. after]));

    public int Create(ContainerSpec spec, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, OperationKind.CreateContainer, spec.Name, cause, [.. after]) { Container = spec, ContainerId = spec.Id });

    public SortedDictionary<string, string> Updates { get; } = new(StringComparer.Ordinal);

    /// <param name="settled">Operations that must be over, however they end: of dependencies that are not required.</param>
    /// <param name="when">What its dependencies have to be like.</param>
    /// <param name="ungated">Dependencies do not count.</param>
    /// <param name="by">Null: who wants the plan.</param>
    public int Start(
        ContainerSpec spec, string cause, IEnumerable<int> after, IEnumerable<int>? settled = null, string? when = null, bool ungated = false, StartedBy? by = null) =>
        Add(new Operation(0, OperationKind.StartContainer, spec.Name, cause, [.. after])
        {
            ContainerId = spec.Id, AfterSettled = [.. settled ?? []], When = when, Ungated = ungated, StartedBy = by ?? startedBy,
        });

    public int Await(ContainerSpec spec, ReplicaCondition condition, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, OperationKind.AwaitContainer, spec.Name, cause, [.. after]) { ContainerId = spec.Id, Condition = condition });

    /// <summary>Any other operation; its number is given to it.</summary>
    public int Add(Operation operation)
    {
        operations.Add(operation with { Id = operations.Count + 1 });
        return operations.Count;
    }

    public int Remove(ContainerSpec spec, string cause, IEnumerable<int> after) => Add(OperationKind.RemoveContainer, spec, cause, after);

    public int Pause(ContainerSpec spec, string cause) => Add(OperationKind.PauseContainer, spec, cause, []);

    public int Unpause(ContainerSpec spec, string cause) => Add(OperationKind.UnpauseContainer, spec, cause, []);

    public int Kill(ContainerSpec spec, int signal, string cause) =>
        Add(new Operation(0, OperationKind.KillContainer, spec.Name, cause, []) { ContainerId = spec.Id, Signal = signal });

    public int Stop(ContainerSpec spec, string cause, TimeSpan? grace, IEnumerable<int> after, bool byHalt = false) =>
        Add(new Operation(0, OperationKind.StopContainer, spec.Name, cause, [.. after]) { ContainerId = spec.Id, Grace = grace, ByHalt = byHalt });

    public Plan Build() => Errors.Count > 0
        ? Plan.Refused([.. Errors]) with { Warnings = [.. Warnings] }
        : new Plan(operations.ToImmutable(), Unchanged.ToImmutable(), Warnings.ToImmutable(), []) { Updates = Updates.ToImmutableSortedDictionary(StringComparer.Ordinal) };

    private int Add(OperationKind kind, ContainerSpec spec, string cause, IEnumerable<int> after) =>
        Add(new Operation(0, kind, spec.Name, cause, [.. after]) { ContainerId = spec.Id });
}
