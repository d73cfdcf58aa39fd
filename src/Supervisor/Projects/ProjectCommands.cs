using System.Collections.Immutable;
using System.Threading.Channels;
using Devoxx.Compose;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>Something that a person wants of a project; what comes of it goes to <see cref="Output"/>, the last line is the outcome.</summary>
public abstract record ProjectRequest(string ProjectName, ChannelWriter<ControlLine> Output)
{
    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }
}

public sealed record UpProject(
    string ProjectName, ChannelWriter<ControlLine> Output, Project Project, ProjectDefinition Definition, UpWish Wish) : ProjectRequest(ProjectName, Output);

/// <param name="Project">As the file has it now; null: as it was when the containers were made.</param>
public sealed record DownProject(string ProjectName, ChannelWriter<ControlLine> Output, Project? Project, DownWish Wish) : ProjectRequest(ProjectName, Output);

public sealed record StartServices(string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services) : ProjectRequest(ProjectName, Output);

public sealed record StopServices(
    string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services, TimeSpan? Grace) : ProjectRequest(ProjectName, Output);

/// <summary>The machine stops: all containers end as they would want to, and none is started any more.</summary>
internal sealed record HaltProject(string ProjectName, ChannelWriter<ControlLine> Output) : ProjectRequest(ProjectName, Output);

public sealed record RestartServices(
    string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services, TimeSpan? Grace, bool NoDeps) : ProjectRequest(ProjectName, Output);

public sealed record KillServices(
    string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services, int Signal, string? Container = null, bool Orphans = true) : ProjectRequest(ProjectName, Output);

public sealed record PauseServices(
    string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services, bool Pause) : ProjectRequest(ProjectName, Output);

/// <summary>One container stands still for a while, whatever else is being done to its project, or goes on.</summary>
/// <param name="ContainerId">Its whole id.</param>
internal sealed record HoldContainer(
    string ProjectName, ChannelWriter<ControlLine> Output, string ContainerId, bool Hold, string Cause) : ProjectRequest(ProjectName, Output);

/// <param name="Stop">What runs is stopped first; else it is left alone.</param>
/// <param name="Volumes">Anonymous volumes go too.</param>
public sealed record RemoveContainers(
    string ProjectName, ChannelWriter<ControlLine> Output, ImmutableArray<string> Services, bool Stop, bool Volumes) : ProjectRequest(ProjectName, Output);

/// <summary>A container that was to go by itself when it has ended.</summary>
internal sealed record RemoveEnded(string ProjectName, ChannelWriter<ControlLine> Output, Containers.ContainerSpec Container) : ProjectRequest(ProjectName, Output);

/// <summary>What is kept of the file.</summary>
public sealed record ProjectDefinition(System.Text.Json.JsonElement Model, ImmutableArray<string> ConfigFiles, string WorkingDirectory);

/// <summary>Answered by an array of <see cref="ContainerView"/>.</summary>
public sealed record GetContainers(string ProjectName);

/// <summary>Answered by an array of <see cref="Containers.ContainerState"/>.</summary>
public sealed record GetContainerStates(string ProjectName);

/// <summary>Every container as it is, then each again when it changes, until the reader goes.</summary>
public sealed record WatchContainers(string ProjectName, ChannelWriter<ContainerView> Output);

/// <summary>The reader has gone.</summary>
public sealed record UnwatchContainers(string ProjectName, ChannelWriter<ContainerView> Output);

/// <summary>Sent up after recovery, and whenever the number of containers that run or will changes.</summary>
internal sealed record ProjectChanged(string ProjectName, ProjectSummary Summary, bool Recovered = false);

/// <summary>What is known of a project without asking it.</summary>
/// <param name="ImageIds">By container name, or by what an `up` that is under way calls them: images that must not be removed.</param>
/// <param name="Volumes">Which containers would miss which volumes.</param>
internal sealed record ProjectSummary(
    ProjectView View,
    int Active,
    ImmutableDictionary<string, string> ImageIds,
    ImmutableHashSet<string> ContainerIds,
    ImmutableArray<(string Volume, string Container)> Volumes)
{
    /// <summary>Ids of the containers of which nothing runs, and which only a request can start.</summary>
    public ImmutableHashSet<string> RestingIds { get; init; } = [];

    /// <summary>Names or ids of containers whose network one that runs here shares.</summary>
    public ImmutableHashSet<string> Donors { get; init; } = [];

    /// <summary>Ids of the containers, by name.</summary>
    public ImmutableDictionary<string, string> Names { get; init; } = ImmutableDictionary<string, string>.Empty;
}
