using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>What <c>down</c> wants.</summary>
public sealed record DownWish(ImmutableArray<string> Services, bool Volumes, bool RemoveOrphans, TimeSpan? StopGrace);

/// <summary>Stops and removes, dependants before what they depend on. Pure.</summary>
public static class DownPlanner
{
    /// <param name="project">What the file says, or said when the containers were made; null: nobody knows.</param>
    /// <param name="projectName">Whose networks go, when <paramref name="project"/> is null.</param>
    public static Plan Make(Project? project, DownWish wish, Observation observation, string? projectName = null)
    {
        var plan = new PlanBuilder();
        var graph = ServiceGraph.Of(project);
        var going = observation.Containers.Where(c => IsMeant(c, project, wish)).ToImmutableArray();
        var stops = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var removals = new List<int>();
        foreach (var service in graph.InOrder(going.Select(c => c.Spec.Service)).Reverse())
        {
            var dependants = graph.DependantsOf(service).SelectMany(d => stops.GetValueOrDefault(d) ?? []).ToImmutableArray();
            stops[service] = [];
            foreach (var container in going.Where(c => c.Spec.Service == service))
            {
                int[] before = [];
                if (container.IsActive)
                {
                    before = [plan.Stop(container.Spec, "down", wish.StopGrace, dependants)];
                    stops[service].AddRange(before);
                }

                removals.Add(plan.Remove(container.Spec, "down", before));
            }
        }

        if (wish.Volumes && wish.Services.IsDefaultOrEmpty)
        {
            foreach (var volume in VolumesOf(project, going, observation))
            {
                plan.RemoveVolume(volume, "down --volumes", removals);
            }
        }

        if (wish.Services.IsDefaultOrEmpty)
        {
            foreach (var network in NetworksOf(project?.Name ?? projectName, going, observation))
            {
                var others = observation.Networks[network].Leases.Values.Where(l => l.Connected && going.All(c => c.Id != l.ContainerId)).Select(l => l.ContainerName).ToList();
                if (others.Count == 0)
                {
                    plan.RemoveNetwork(network, "down", removals);
                }
                else
                {
                    plan.Warnings.Add($"network {network} stays: {string.Join(", ", others)} {(others.Count == 1 ? "is" : "are")} still on it");
                }
            }
        }

        return plan.Build();
    }

    /// <summary>The project's own, and the default bridge when nobody else is on it.</summary>
    private static IEnumerable<string> NetworksOf(string? projectName, ImmutableArray<ObservedContainer> going, Observation observation) =>
        from network in observation.Networks.Values
        let spec = network.Spec!
        where spec.Name == Networks.NetworkSpec.DefaultBridge
            ? network.Leases.Keys.All(id => going.Any(c => c.Id == id))
            : spec.Project is not null && spec.Project == projectName
        select spec.Name;

    private static bool IsMeant(ObservedContainer container, Project? project, DownWish wish)
    {
        var service = container.Spec.Service;
        return wish.Services.IsDefaultOrEmpty
            ? project is null || wish.RemoveOrphans || project.Services.ContainsKey(service) || project.DisabledServices.ContainsKey(service)
            : wish.Services.Contains(service);
    }

    private static IEnumerable<string> VolumesOf(Project? project, ImmutableArray<ObservedContainer> going, Observation observation)
    {
        var named = (project?.Volumes ?? ImmutableSortedDictionary<string, Volume>.Empty)
            .Where(v => !v.Value.External).Select(v => VolumeSpecs.NameOf(project!, v.Key));
        var anonymous = going.SelectMany(c => c.Spec.Mounts).Where(m => m is { Anonymous: true, From: null, Kind: MountKind.Volume }).Select(m => m.Source);
        // A crash, or a recreation, may have come between a container's end and that of its volumes; or only those have one who had it from another.
        var abandoned = observation.AnonymousVolumes.Except(observation.Containers.Except(going).SelectMany(c => c.Spec.Mounts).Select(m => m.Source));
        return named.Concat(anonymous).Concat(abandoned).Distinct().Where(observation.Volumes.Contains).Order(StringComparer.Ordinal);
    }
}
