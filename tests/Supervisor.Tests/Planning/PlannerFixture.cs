using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Tests.Planning;

/// <summary>Stack files in, printed plans out.</summary>
internal static class PlannerFixture
{
    public static readonly StateRoot Root = StateRoot.At("/tmp/planner");

    public static Project Load(string yaml)
    {
        var result = ComposeLoader.Load(new LoadRequest
        {
            Files = [new ComposeFile("/srv/shop/stack.yaml", yaml)],
            WorkingDirectory = "/srv/shop",
            ProjectName = "shop",
        });
        Assert.True(result.Project is not null, string.Join('\n', result.Diagnostics));
        return result.Project;
    }

    public static Plan Up(Project project, Observation? observation = null, UpWish? wish = null, ImageConfig? image = null, string imageId = "sha256:one") =>
        new UpPlanner(
            project,
            wish ?? Wish(),
            project.Services.Keys.Select(s => ServiceImages.Of(project, s)).OfType<WantedImage>().Distinct()
                .ToImmutableDictionary(i => i, _ => new PlannedImage(imageId, image ?? new ImageConfig { Cmd = ["sh"] })),
            WithNetworks(project, observation ?? Observation.Nothing),
            Root,
            Ids()).Make();

    /// <summary>The project's networks are there, unless the test has something to say of networks.</summary>
    private static Observation WithNetworks(Project project, Observation observation) => observation.Networks.IsEmpty
        ? observation with
        {
            Networks = project.Networks.Keys.Select(k => NetworkSpecs.Of(project, k, () => k))
                .ToImmutableSortedDictionary(n => n.Name, n => new NetworkState { Phase = NetworkPhase.Ready, Spec = n }),
        }
        : observation;

    public static UpWish Wish(params ImmutableArray<string> services) => new(services, ImmutableSortedDictionary<string, int>.Empty);

    /// <summary>What there would be after the plan, everything running.</summary>
    public static Observation After(Plan plan, Observation? before = null)
    {
        var removed = plan.Operations.Where(o => o.Kind == OperationKind.RemoveContainer).Select(o => o.ContainerId).ToHashSet();
        var created = plan.Operations.Where(o => o.Kind == OperationKind.CreateContainer)
            .Select(o => new ObservedContainer(o.Container!, ContainerPhase.Running, DateTimeOffset.UnixEpoch));
        return new Observation(
            [.. (before?.Containers ?? []).Where(c => !removed.Contains(c.Id)), .. created],
            (before?.Volumes ?? []).Union(plan.Operations.Where(o => o.Kind == OperationKind.CreateVolume).Select(o => o.Name)));
    }

    public static ImmutableArray<ContainerSpec> Created(Plan plan) =>
        [.. plan.Operations.Where(o => o.Kind == OperationKind.CreateContainer).Select(o => o.Container!)];

    private static Func<string> Ids()
    {
        var next = Random.Shared.Next(1, 1 << 20) << 10;
        return () => (next++).ToString("x64");
    }
}
