using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Projects;

/// <summary>What happens to a project as a whole.</summary>
public interface IProjectEvent : IEvent;

/// <summary>What is wanted from here on.</summary>
/// <param name="Definition">The canonical model.</param>
public sealed record ProjectDefined(
    Subject Subject, DateTimeOffset At, JsonElement Definition, ImmutableArray<string> ConfigFiles, string WorkingDirectory) : IProjectEvent;

/// <summary>Intent: a container of this id is about to be made.</summary>
public sealed record ProjectContainerAdded(Subject Subject, DateTimeOffset At, string ContainerId) : IProjectEvent;

/// <summary>Outcome: nothing of the container is left.</summary>
public sealed record ProjectContainerDropped(Subject Subject, DateTimeOffset At, string ContainerId) : IProjectEvent;

/// <summary>Intent: the replicas of a service are about to be replaced, batch after batch.</summary>
public sealed record ServiceUpdateBegun(Subject Subject, DateTimeOffset At, string Service, string Cause) : IProjectEvent;

/// <summary>Outcome of an update. What is paused goes on with the next <c>up</c>.</summary>
/// <param name="Reason">Empty when it is completed.</param>
public sealed record ServiceUpdateEnded(Subject Subject, DateTimeOffset At, string Service, UpdateOutcome Outcome, string Reason) : IProjectEvent;

/// <summary>How an update of a service ended.</summary>
public enum UpdateOutcome
{
    Completed,
    Paused,
    RolledBack,
}

/// <summary>An update that is under way, or that did not come to its end.</summary>
/// <param name="Outcome">Null: it is under way.</param>
public sealed record ServiceUpdateState(DateTimeOffset At, UpdateOutcome? Outcome = null, string Reason = "");

/// <summary>A project as its events have made it.</summary>
public sealed record ProjectState
{
    public static ProjectState Initial { get; } = new();

    public JsonElement? Definition { get; init; }

    public ImmutableArray<string> ConfigFiles { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    /// <summary>By id: what each container is in the journal's tags.</summary>
    public ImmutableSortedDictionary<string, Subject> Containers { get; init; } = ImmutableSortedDictionary.Create<string, Subject>(StringComparer.Ordinal);

    /// <summary>By service: updates that are not completed.</summary>
    public ImmutableSortedDictionary<string, ServiceUpdateState> Updates { get; init; } =
        ImmutableSortedDictionary.Create<string, ServiceUpdateState>(StringComparer.Ordinal);

    public ProjectState Apply(IProjectEvent @event) => @event switch
    {
        ProjectDefined e => this with { Definition = e.Definition, ConfigFiles = e.ConfigFiles, WorkingDirectory = e.WorkingDirectory },
        ProjectContainerAdded e => this with { Containers = Containers.SetItem(e.ContainerId, e.Subject) },
        ProjectContainerDropped e => this with { Containers = Containers.Remove(e.ContainerId) },
        ServiceUpdateBegun e => this with { Updates = Updates.SetItem(e.Service, new(e.At)) },
        ServiceUpdateEnded { Outcome: UpdateOutcome.Completed } e => this with { Updates = Updates.Remove(e.Service) },
        ServiceUpdateEnded e => this with { Updates = Updates.SetItem(e.Service, new(e.At, e.Outcome, e.Reason)) },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a project"),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProjectDefined))]
[JsonSerializable(typeof(ProjectContainerAdded))]
[JsonSerializable(typeof(ProjectContainerDropped))]
[JsonSerializable(typeof(ServiceUpdateBegun))]
[JsonSerializable(typeof(ServiceUpdateEnded))]
[JsonSerializable(typeof(ProjectState))]
internal sealed partial class ProjectEventJson : JsonSerializerContext;
