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

/// <summary>A project as its events have made it.</summary>
public sealed record ProjectState
{
    public static ProjectState Initial { get; } = new();

    public JsonElement? Definition { get; init; }

    public ImmutableArray<string> ConfigFiles { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    /// <summary>By id: what each container is in the journal's tags.</summary>
    public ImmutableSortedDictionary<string, Subject> Containers { get; init; } = ImmutableSortedDictionary.Create<string, Subject>(StringComparer.Ordinal);

    public ProjectState Apply(IProjectEvent @event) => @event switch
    {
        ProjectDefined e => this with { Definition = e.Definition, ConfigFiles = e.ConfigFiles, WorkingDirectory = e.WorkingDirectory },
        ProjectContainerAdded e => this with { Containers = Containers.SetItem(e.ContainerId, e.Subject) },
        ProjectContainerDropped e => this with { Containers = Containers.Remove(e.ContainerId) },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of a project"),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProjectDefined))]
[JsonSerializable(typeof(ProjectContainerAdded))]
[JsonSerializable(typeof(ProjectContainerDropped))]
[JsonSerializable(typeof(ProjectState))]
internal sealed partial class ProjectEventJson : JsonSerializerContext;
