using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Compose;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Projects;

/// <summary>
/// What is wanted of one project, and the carrying out of it: gathers what a plan needs to know, has it made, and gives
/// its operations to containers and volumes as they become ready. One request at a time, but for signals, which go at once,
/// and for a stop, which ends an <c>up</c> that is under way. Its behaviours stand in ProjectActor.Requests.cs.
/// </summary>
internal sealed partial class ProjectActor : EventSourcedActor<ProjectState, IProjectEvent, ProjectActor.Then>, IWithTimers
{
    private readonly string name;
    private readonly Subject subject;
    private readonly SupervisorEnvironment environment;
    private readonly Dictionary<string, ContainerState> containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> memoryKills = new(StringComparer.Ordinal);
    private readonly HashSet<string> recovering = new(StringComparer.Ordinal);
    private readonly List<ChannelWriter<ContainerView>> watchers = [];
    private readonly List<PlanRun> runs = [];
    private readonly Queue<ProjectRequest> queue = [];
    private readonly Dictionary<WantedImage, ImageAnswer?> images = [];
    private ProjectRequest? current;
    private ImmutableArray<VolumeState>? volumes;
    private ImmutableArray<NetworkState>? networks;
    private ImmutableArray<string>? obstacles;
    private long orders;

    public ProjectActor(string name, SupervisorEnvironment environment)
        : base("project-" + name, ProjectState.Initial)
    {
        this.name = name;
        this.environment = environment;
        subject = new Subject(name);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override string? Doing => recovering.Count > 0 ? "waits for its containers to be recovered" : current is not null || runs.Count > 0 ? "carries out a request" : null;

    // None that is being stopped: it would not answer.
    protected override IEnumerable<IActorRef> Subordinates => State.Containers.Keys.Select(id => Context.Child(ChildName(id))).Where(child => !child.IsNobody());

    /// <summary>What comes after the events are in the journal.</summary>
    internal sealed record Then(Action Do);

    protected override ProjectState Apply(ProjectState state, IProjectEvent @event)
    {
        defined = @event is ProjectDefined ? null : defined;
        return state.Apply(@event);
    }

    protected override void Perform(Then effect) => effect.Do();

    protected override void OnRecovered()
    {
        recovering.UnionWith(State.Containers.Keys);
        foreach (var id in State.Containers.Keys)
        {
            Child(id);
        }

        RecoveredIfAll();
        TellUp();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case KillServices or HoldContainer:
                AtOnce((ProjectRequest)message);
                break;
            case ProjectRequest request:
                Request(request);
                break;
            case ContainerChanged changed:
                Changed(changed);
                break;
            case ContainerAnswer answer:
                Answered(answer.Order, answer.Error);
                break;
            case StartDue due:
                Due(due);
                break;
            case WaitOver over:
                Over(over);
                break;
            case VolumeAnswer answer:
                Answered(answer.Order, answer.Error);
                break;
            case NetworkAnswer answer:
                Answered(answer.Order, answer.Error);
                break;
            case HookOutput hook when containers.TryGetValue(hook.ContainerId, out var state) && state.Spec is { } spec:
                var shortName = spec.Name.StartsWith(name + "-", StringComparison.Ordinal) ? spec.Name[(name.Length + 1)..] : spec.Name;
                runs.ForEach(run => run.TellHook(hook.ContainerId, new HookLine(spec.Service, shortName, hook.Line)));
                break;
            case FindDonorHere find:
                TellDonor(find);
                break;
            case DonorFound found when found.Run == 0 && donors.ContainsKey(found.Asked):
                donors[found.Asked] = found;
                PlanIfKnown();
                break;
            case DonorRuns runs:
                FollowDonor(runs);
                break;
            case DonorFound { Run: > 0, Spec: { } donor, Process: { } process }:
                FollowDonor(new DonorRuns(donor.Id, donor.Name, process));
                break;
            case DonorFound:
                // It does not run: when it does, it is told. Or a question of an earlier request.
                break;
            case ImmutableArray<NetworkState> there:
                networks = there;
                PlanIfKnown();
                break;
            case ObstaclesSeen seen:
                obstacles = seen.Warnings;
                PlanIfKnown();
                break;
            case ImageAnswer answer when !images.ContainsKey(WantedImage.Of(answer)):
                // For an up that was interrupted meanwhile.
                break;
            case ImageAnswer answer:
                images[WantedImage.Of(answer)] = answer;
                // From here on nobody may remove it, though no container has it yet.
                TellUp();
                TellImage(answer);
                PlanIfKnown();
                break;
            case ImageProgress progress:
                TellImage(progress);
                break;
            case ImmutableArray<VolumeState> there:
                volumes = there;
                PlanIfKnown();
                break;
            // A container asks for a mount source or a network: those are not its siblings, but known further up.
            case IVolumeCommand or INetworkCommand or FindDonor:
                Context.Parent.Forward(message);
                break;
            case GetContainers:
                Sender.Tell(Views());
                break;
            case GetContainerStates:
                Sender.Tell(Existing().ToImmutableArray());
                break;
            case WatchContainers watch:
                Watch(watch.Output);
                break;
            case UnwatchContainers unwatch:
                watchers.Remove(unwatch.Output);
                break;
            default:
                if (!IsSnapshotNotice(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    private void Changed(ContainerChanged changed)
    {
        var before = containers.GetValueOrDefault(changed.ContainerId);
        containers[changed.ContainerId] = changed.State;
        memoryKills[changed.ContainerId] = changed.MemoryKills;
        var recovered = changed.Recovered && recovering.Remove(changed.ContainerId);
        if (changed.State.Phase == ContainerPhase.Removed || (recovered && changed.State.Phase == ContainerPhase.None))
        {
            // Gone, whoever asked for it and before whatever crash; or asked for, and then a crash came.
            Drop(changed.ContainerId);
        }

        if (recovered)
        {
            RecoveredIfAll();
        }

        Reconsider(changed.State);
        RemoveIfEnded(changed.State, recovered);
        if (changed.State.Spec is not null)
        {
            var view = View(changed.State);
            watchers.RemoveAll(w => !w.TryWrite(view));
        }

        // Last: who is asked about it is to know it already.
        TellUp();
        LookAtSharing(before, changed.State);
    }

    private void Drop(string id)
    {
        if (State.Containers.TryGetValue(id, out var dropped))
        {
            var child = Child(id);
            Carry(new([new ProjectContainerDropped(dropped, environment.Now, id)], [new Then(() =>
            {
                containers.Remove(id);
                memoryKills.Remove(id);
                Context.Stop(child);
                TellUp();
            })]));
        }
    }

    private void Watch(ChannelWriter<ContainerView> output)
    {
        foreach (var view in Views())
        {
            output.TryWrite(view);
        }

        watchers.Add(output);
    }

    private ImmutableArray<ContainerView> Views() =>
    [
        .. Existing().Select(View)
            .OrderBy(v => v.Service, StringComparer.Ordinal).ThenBy(v => v.Number),
    ];

    private IEnumerable<ContainerState> Existing() => containers.Values.Where(ProjectObservation.Exists);

    private void TellUp()
    {
        var active = Existing().Count(c => c.Phase is ContainerPhase.Starting or ContainerPhase.Running or ContainerPhase.Stopping or ContainerPhase.BackingOff or ContainerPhase.Waiting);
        var view = new ProjectView(name, StatusOf(Existing()), State.ConfigFiles, active, Existing().Count());
        var summary = new ProjectSummary(
            view,
            active + (current is null ? 0 : 1) + runs.Count,
            // A crash may leave two of one name while one takes the other's place.
            Existing().GroupBy(c => c.Spec!.Name).SelectMany(g => g.Select((c, i) => (Name: i == 0 ? g.Key : $"{g.Key} ({c.Spec!.Id[..12]})", c.Spec!.ImageId)))
                .Concat(images.Values.OfType<ImageAnswer>().Where(i => i.Image is not null).Select(i => (Name: $"{i.Reference} of {name}, which is being started", ImageId: i.Image!.Id)))
                .DistinctBy(c => c.Name).ToImmutableDictionary(c => c.Name, c => c.ImageId),
            [.. State.Containers.Keys],
            [.. Existing().SelectMany(c => c.Spec!.Mounts.Where(m => m.Kind == MountKind.Volume).Select(m => (m.Source, c.Spec.Name)))])
        {
            RestingIds = [.. State.Containers.Keys.Where(id => containers.GetValueOrDefault(id)?.Phase is ContainerPhase.Created or ContainerPhase.Exited)],
            Donors = [.. Donors()],
            Names = Existing().GroupBy(c => c.Spec!.Name).ToImmutableDictionary(g => g.Key, g => g.MaxBy(c => c.CreatedAt)!.Spec!.Id),
        };
        Context.Parent.Tell(new ProjectChanged(name, summary, recovering.Count == 0));
    }

    private static string StatusOf(IEnumerable<ContainerState> containers) => string.Join(", ", containers
        .GroupBy(c => c.Phase switch
        {
            ContainerPhase.Running when c.Paused => "paused",
            ContainerPhase.Running or ContainerPhase.Stopping => "running",
            ContainerPhase.Waiting when c.Run == 0 => "created",
            ContainerPhase.Starting or ContainerPhase.BackingOff or ContainerPhase.Waiting => "restarting",
            ContainerPhase.Created => "created",
            _ => "exited",
        })
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Key}({g.Count()})"));

    private Observation Observe() => ProjectObservation.Of(name, Existing(), volumes ?? [], networks ?? []) with
    {
        Foreign = donors.Values.Where(d => d?.Spec is not null).ToImmutableSortedDictionary(d => d!.Asked, d => d!.Spec!, StringComparer.Ordinal),
    };

    private Project? defined;

    private Project? Defined() => defined ??=
        State.Definition is { } definition ? ProjectJson.Read(System.Text.Encoding.UTF8.GetBytes(definition.GetRawText())) : null;

    private IActorRef Child(string id)
    {
        var child = Context.Child(ChildName(id));
        return child.IsNobody()
            ? Context.ActorOf(Producer<ContainerActor>.Props(() => new ContainerActor(id, State.Containers[id], environment)), ChildName(id))
            : child;
    }

    /// <summary>By name as people know it; the id keeps two of one name apart while one replaces the other.</summary>
    private string ChildName(string id) => $"{State.Containers.GetValueOrDefault(id)?.Container ?? "container"}-{id[..12]}";
}
