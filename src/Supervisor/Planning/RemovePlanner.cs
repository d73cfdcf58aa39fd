using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Plans for the removal of single containers: <c>rm</c>, and the end of what <c>run --rm</c> has made. Pure.</summary>
public static class RemovePlanner
{
    /// <summary>Removes what is stopped of the services.</summary>
    /// <param name="stop">What runs is stopped first; else it is left alone.</param>
    /// <param name="volumes">Anonymous volumes go too.</param>
    public static Plan Remove(Project? project, ImmutableArray<string> services, bool stop, bool volumes, Observation observation)
    {
        var plan = new PlanBuilder();
        var graph = ServiceGraph.Of(project);
        var named = ServicesPlanner.Named(plan, project, services, observation);
        var stops = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var removals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var service in graph.InOrder(named).Where(named.Contains).Reverse())
        {
            var dependants = graph.DependantsOf(service).SelectMany(d => stops.GetValueOrDefault(d) ?? []).ToImmutableArray();
            stops[service] = [];
            foreach (var container in observation.Of(service).Where(c => stop || !c.IsActive))
            {
                int[] before = container.IsActive ? [plan.Stop(container.Spec, "rm --stop", null, dependants)] : [];
                stops[service].AddRange(before);
                removals[container.Id] = plan.Remove(container.Spec, "rm", before);
            }
        }

        RemoveVolumes(plan, volumes ? removals : [], "rm", observation);
        return plan.Build();
    }

    /// <summary>The end of a container that was to go by itself.</summary>
    public static Plan AutoRemove(ContainerSpec spec, Observation observation)
    {
        // Somebody else may have removed it meanwhile, or be about to.
        if (!observation.Containers.Any(c => c.Id == spec.Id && c.Phase is ContainerPhase.Exited or ContainerPhase.Created))
        {
            return Plan.Empty;
        }

        var plan = new PlanBuilder();
        const string ended = "run --rm: it has ended";
        RemoveVolumes(plan, new(StringComparer.Ordinal) { [spec.Id] = plan.Remove(spec, ended, []) }, ended, observation);
        return plan.Build();
    }

    /// <summary>The anonymous volumes of what goes, unless a container that stays has them too (<c>volumes_from</c>).</summary>
    /// <param name="removals">The operation that removes it, by container id.</param>
    private static void RemoveVolumes(PlanBuilder plan, Dictionary<string, int> removals, string cause, Observation observation)
    {
        ILookup<string, string> users = observation.Containers
            .SelectMany(c => c.Spec.Mounts.Where(m => m is { Anonymous: true, Kind: MountKind.Volume }).Select(m => (m.Source, c.Id)))
            .Distinct().ToLookup(u => u.Source, u => u.Id);
        foreach (var volume in users.Where(u => observation.Volumes.Contains(u.Key) && u.All(removals.ContainsKey)))
        {
            plan.RemoveVolume(volume.Key, cause, volume.Select(id => removals[id]));
        }
    }
}
