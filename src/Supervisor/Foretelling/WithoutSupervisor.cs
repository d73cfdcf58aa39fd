using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Journal;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor.Foretelling;

/// <summary>
/// What a supervisor would answer to a dry run, where none runs. Starting one would change things: it makes directories, notes what has
/// ended, and starts again what is to run always.
/// </summary>
public sealed class WithoutSupervisor
{
    private readonly StateRoot root;
    private readonly KeptState kept;
    private readonly ImageStore images;
    private readonly DateTimeOffset now;

    private WithoutSupervisor(StateRoot root, KeptState kept, ImageStore images, DateTimeOffset now) =>
        (this.root, this.kept, this.images, this.now) = (root, kept, images, now);

    /// <summary>Reads what the state root keeps; it need not be there.</summary>
    /// <exception cref="JournalException">The journal is damaged, of a newer version, or cannot be read.</exception>
    public static WithoutSupervisor Look(StateRoot root, DateTimeOffset now) =>
        new(root, KeptState.Read(root, now), ImageStore.OpenToRead(root.ImagesDirectory), now);

    /// <summary>A GET of <see cref="ControlRoutes.Containers"/>.</summary>
    public ImmutableArray<ContainerView> Containers(string project) =>
    [
        .. Of(project).Select(c => ContainerViews.Of(c, root, now, BootClock.Now)).OrderBy(v => v.Service, StringComparer.Ordinal).ThenBy(v => v.Number),
    ];

    /// <summary>A POST about a project.</summary>
    /// <exception cref="JsonException">The body is not what the verb takes.</exception>
    /// <exception cref="FormatException">Something in it cannot be meant.</exception>
    public ImmutableArray<ControlLine> Project(string project, string verb, ReadOnlySpan<byte> body)
    {
        var request = ProjectRequests.Read(project, verb, body, Channel.CreateUnbounded<ControlLine>().Writer);
        return request is not UpProject && kept.Project(project) is null
            ? [new ControlLine(Outcome: ForetoldProject.OfUnknown(request))]
            : ForetoldProject.Of(
                request, images.Find, Observe(project), root, () => Defined(project), now);
    }

    /// <summary>A POST about images, volumes or networks; null: it has no dry run.</summary>
    /// <exception cref="JsonException">The body is not what the path takes.</exception>
    public ImmutableArray<ControlLine>? Resources(string path, ReadOnlySpan<byte> body)
    {
        var containers = kept.Containers;
        return new ForetoldResources(
            kept.Volumes,
            kept.Networks,
            containers.SelectMany(c => c.Spec!.Mounts.Where(m => m.Kind == MountKind.Volume).Select(m => (m.Source, c.Spec.Name))).ToLookup(v => v.Source, v => v.Name),
            containers.ToLookup(c => c.Spec!.ImageId, c => c.Spec!.Name),
            images.Find).Of(path, body);
    }

    private Planning.Observation Observe(string project) => ProjectObservation.Of(project, Of(project), kept.Volumes, kept.Networks) with
    {
        Foreign = kept.Containers.GroupBy(c => c.Spec!.Name).ToImmutableSortedDictionary(g => g.Key, g => g.First().Spec!, StringComparer.Ordinal),
    };

    private IEnumerable<ContainerState> Of(string project) => kept.Containers.Where(c => c.Spec!.Project == project);

    private Project? Defined(string project) =>
        kept.Project(project)?.Definition is { } definition ? ProjectJson.Read(System.Text.Encoding.UTF8.GetBytes(definition.GetRawText())) : null;
}
