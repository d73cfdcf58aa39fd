using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Plans for containers that are there: <c>start</c>, <c>stop</c>, <c>restart</c>, <c>kill</c>. Pure.</summary>
public static class ServicesPlanner
{
    /// <summary>Starts what does not run, dependencies first; with named services, what they depend on as well.</summary>
    public static Plan Start(Project? project, ImmutableArray<string> services, Observation observation)
    {
        var graph = ServiceGraph.Of(project);
        var plan = new PlanBuilder();
        var starts = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var service in graph.InOrder(Named(plan, project, services, observation)))
        {
            var after = graph.DirectOf(service).SelectMany(d => starts.GetValueOrDefault(d) ?? []).ToImmutableArray();
            starts[service] = [];
            foreach (var container in observation.Of(service))
            {
                if (container.IsUp)
                {
                    plan.Unchanged.Add(container.Name);
                }
                else
                {
                    starts[service].Add(plan.Start(container.Spec, "start", after));
                }
            }
        }

        return plan.Build();
    }

    /// <summary>Stops what runs, dependants first; only what is named.</summary>
    public static Plan Stop(Project? project, ImmutableArray<string> services, TimeSpan? grace, Observation observation)
    {
        var plan = new PlanBuilder();
        AddStops(plan, ServiceGraph.Of(project), Named(plan, project, services, observation), "stop", grace, observation);
        return plan.Build();
    }

    /// <summary>Stops all that runs because the machine stops, dependants first: what restart policies bring back when it is there again.</summary>
    public static Plan Halt(Project? project, Observation observation)
    {
        var plan = new PlanBuilder();
        var graph = ServiceGraph.Of(project);
        var services = observation.Containers.Select(c => c.Spec.Service).ToImmutableSortedSet(StringComparer.Ordinal);
        var stops = new Dictionary<string, ImmutableArray<int>>(StringComparer.Ordinal);
        foreach (var service in graph.InOrder(services).Reverse())
        {
            // What does not run of it does not hold up what it depends on, but who depends on it does.
            var dependants = graph.DependantsOf(service).SelectMany(d => stops.GetValueOrDefault(d, [])).ToImmutableArray();
            var own = observation.Containers.Where(c => c.IsActive && c.Spec.Service == service).OrderBy(c => c.Name, StringComparer.Ordinal)
                .Select(c => plan.Stop(c.Spec, "the machine stops", null, dependants, byHalt: true)).ToImmutableArray();
            stops[service] = own.IsEmpty ? dependants : own;
        }

        return plan.Build();
    }

    /// <summary>Stops and starts the same containers again; what is named, and who asked to be restarted with it.</summary>
    public static Plan Restart(Project? project, ImmutableArray<string> services, TimeSpan? grace, bool noDeps, Observation observation)
    {
        var plan = new PlanBuilder();
        var graph = ServiceGraph.Of(project);
        var named = Named(plan, project, services, observation);
        var meant = noDeps ? named : [.. named.Union(named.SelectMany(s => FollowersOf(project, s)))];
        foreach (var service in services.IsDefault ? [] : services)
        {
            if (observation.Of(service).IsEmpty)
            {
                plan.Warnings.Add($"service {service} has no container to restart; `up` makes one");
            }
        }

        var stops = AddStops(plan, graph, meant, "restart", grace, observation);
        var starts = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var service in graph.InOrder(meant).Where(meant.Contains))
        {
            var after = graph.DirectOf(service).SelectMany(d => starts.GetValueOrDefault(d) ?? []).ToImmutableArray();
            starts[service] = [];
            foreach (var container in observation.Of(service))
            {
                int[] stopped = stops.TryGetValue(container.Id, out var stop) ? [stop] : [];
                starts[service].Add(plan.Start(container.Spec, "restart", [.. stopped, .. after], by: named.Contains(service) ? null : StartedBy.Dependency));
            }
        }

        return plan.Build();
    }

    /// <summary>Sends a signal to what runs.</summary>
    /// <param name="container">Only to the container of this name, which may be one that <c>run</c> has made.</param>
    /// <param name="orphans">Without names, also to services that the project does not know any more.</param>
    public static Plan Kill(
        Project? project, ImmutableArray<string> services, int signal, Observation observation, string? container = null, bool orphans = true)
    {
        if (container is not null)
        {
            return Kill(observation.Containers.FirstOrDefault(c => c.Name == container), container, signal);
        }

        var plan = new PlanBuilder();
        foreach (var service in Named(plan, project, services, observation).Where(s => orphans || project is null || IsKnown(project, s)))
        {
            foreach (var replica in observation.Of(service).Where(c => c.IsActive))
            {
                plan.Kill(replica.Spec, signal, $"kill -s {Native.Processes.Signal.Name(signal)}");
            }
        }

        return plan.Build();
    }

    private static bool IsKnown(Project project, string service) =>
        project.Services.ContainsKey(service) || project.DisabledServices.ContainsKey(service);

    private static Plan Kill(ObservedContainer? container, string name, int signal)
    {
        if (container is not { IsActive: true })
        {
            return Plan.Refused($"container {name} does not run");
        }

        var plan = new PlanBuilder();
        plan.Kill(container.Spec, signal, $"{Native.Processes.Signal.Name(signal)} passed on");
        return plan.Build();
    }

    private static IEnumerable<string> FollowersOf(Project? project, string service) => project is null ? [] : project.Services
        .Where(s => s.Value.DependsOn.TryGetValue(service, out var dependency) && dependency.Restart)
        .Select(s => s.Key);

    private static Dictionary<string, int> AddStops(
        PlanBuilder plan, ServiceGraph graph, ImmutableArray<string> services, string cause, TimeSpan? grace, Observation observation)
    {
        var byContainer = new Dictionary<string, int>(StringComparer.Ordinal);
        var byService = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var service in graph.InOrder(services).Where(services.Contains).Reverse())
        {
            var dependants = graph.DependantsOf(service).SelectMany(d => byService.GetValueOrDefault(d) ?? []).ToImmutableArray();
            byService[service] = [];
            foreach (var container in observation.Of(service).Where(c => c.IsActive))
            {
                byContainer[container.Id] = plan.Stop(container.Spec, cause, grace, dependants);
                byService[service].Add(byContainer[container.Id]);
            }
        }

        return byContainer;
    }

    /// <summary>The services that are meant and have containers: those named, else all. What there is nowhere is an error of the plan.</summary>
    internal static ImmutableArray<string> Named(PlanBuilder plan, Project? project, ImmutableArray<string> services, Observation observation)
    {
        var there = observation.Replicas.Select(c => c.Spec.Service).ToImmutableSortedSet(StringComparer.Ordinal);
        if (services.IsDefaultOrEmpty)
        {
            return [.. there];
        }

        foreach (var unknown in services.Where(s => !there.Contains(s) && project?.Services.ContainsKey(s) != true))
        {
            plan.Errors.Add($"no such service: {unknown}");
        }

        return [.. services.Where(there.Contains).Distinct()];
    }
}
