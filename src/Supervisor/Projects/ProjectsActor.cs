using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>Which projects there are, so that recovery finds them all.</summary>
public interface IProjectsEvent : IEvent;

/// <summary>A project is known from here on.</summary>
public sealed record ProjectRegistered(Subject Subject, string Name) : IProjectsEvent;

public sealed record ProjectsState(ImmutableSortedSet<string> Names)
{
    public static ProjectsState Initial { get; } = new(ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    public ProjectsState Apply(IProjectsEvent @event) => @event switch
    {
        ProjectRegistered e => new(Names.Add(e.Name)),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of the projects"),
    };
}

/// <summary>Sent up: how much there is to do for all projects together.</summary>
internal sealed record ProjectsChanged(int Active, bool Recovered, ImmutableDictionary<string, ProjectSummary> Projects);

/// <summary>The parent of all projects: finds the one a request is for, or makes it.</summary>
internal sealed partial class ProjectsActor(SupervisorEnvironment environment)
    : EventSourcedActor<ProjectsState, IProjectsEvent, ProjectsActor.Forward>("projects", ProjectsState.Initial)
{
    private readonly HashSet<string> recovering = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, ProjectSummary> summaries = ImmutableDictionary<string, ProjectSummary>.Empty;

    internal sealed record Forward(string Name, object Message);

    protected override string? Doing => recovering.Count > 0 ? $"wait for {string.Join(", ", recovering.Order(StringComparer.Ordinal))}" : null;

    protected override IEnumerable<IActorRef> Subordinates => Context.GetChildren();

    protected override ProjectsState Apply(ProjectsState state, IProjectsEvent @event) => state.Apply(@event);

    protected override void OnRecovered()
    {
        recovering.UnionWith(State.Names);
        foreach (var name in State.Names)
        {
            Child(name);
        }

        TellUp();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case UpProject { DryRun: true } up:
                // Of a project that is not there yet too: its actor writes nothing until it is told something.
                Child(up.ProjectName).Tell(up);
                break;
            case UpProject up when !State.Names.Contains(up.ProjectName):
                Carry(new([new ProjectRegistered(new Subject(up.ProjectName), up.ProjectName)], [new Forward(up.ProjectName, up)]));
                break;
            case ProjectRequest request when State.Names.Contains(request.ProjectName):
                Child(request.ProjectName).Tell(request);
                break;
            case ProjectRequest request:
                // Nothing of it is there: what is to be stopped or removed is so already.
                request.Output.TryWrite(new ControlLine(Outcome: Foretelling.ForetoldProject.OfUnknown(request)));
                request.Output.TryComplete();
                break;
            case GetContainers get when State.Names.Contains(get.ProjectName):
                Child(get.ProjectName).Forward(get);
                break;
            case GetContainers:
                Sender.Tell(ImmutableArray<ContainerView>.Empty);
                break;
            case GetContainerStates get when State.Names.Contains(get.ProjectName):
                Child(get.ProjectName).Forward(get);
                break;
            case GetContainerStates:
                Sender.Tell(ImmutableArray<ContainerState>.Empty);
                break;
            case WatchContainers watch:
                // Before its first `up` is understood, too: who waited to be let in then would miss how a short run ends.
                Child(watch.ProjectName).Tell(watch);
                break;
            case UnwatchContainers unwatch:
                Child(unwatch.ProjectName).Tell(unwatch);
                break;
            case ProjectChanged changed:
                summaries = summaries.SetItem(changed.ProjectName, changed.Summary);
                if (changed.Recovered)
                {
                    recovering.Remove(changed.ProjectName);
                }

                TellUp();
                break;
            case FindDonor find:
                Find(find);
                break;
            case DonorRuns runs:
                TellSharers(runs);
                break;
            case IVolumeCommand or GetVolumes or INetworkCommand or GetNetworks or ResolveImage:
                Context.Parent.Forward(message);
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    protected override void Perform(Forward effect) => Child(effect.Name).Tell(effect.Message);

    private void TellUp() =>
        Context.Parent.Tell(new ProjectsChanged(summaries.Values.Sum(s => s.Active), recovering.Count == 0, summaries));

    private IActorRef Child(string name)
    {
        var child = Context.Child(name);
        return child.IsNobody() ? Context.ActorOf(Producer<ProjectActor>.Props(() => new ProjectActor(name, environment)), name) : child;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProjectRegistered))]
[JsonSerializable(typeof(ProjectsState))]
internal sealed partial class ProjectsEventJson : JsonSerializerContext;
