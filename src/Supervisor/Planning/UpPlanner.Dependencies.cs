using Devoxx.Compose;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Projects;
using System.Collections.Immutable;

namespace Devoxx.Supervisor.Planning;

/// <summary>Where a plan is about what services need of each other.</summary>
public sealed partial class UpPlanner
{
    /// <summary>By container id: containers that stay, and are stopped and started because of what they depend on.</summary>
    private readonly Dictionary<string, (int Stop, string Service, string Dependency, string Cause)> followers = new(StringComparer.Ordinal);

    /// <summary>What the starts of a service come after.</summary>
    /// <param name="After">Starts that must have succeeded.</param>
    /// <param name="Settled">Starts that must be over: of dependencies that are not required.</param>
    /// <param name="When">What those services have to be like then; null: started is enough.</param>
    private sealed record StartNeeds(ImmutableArray<int> After, ImmutableArray<int> Settled, string? When);

    private StartNeeds NeedsOf(string serviceName, Service service)
    {
        if (wish.NoDeps)
        {
            return new StartNeeds([], [], null);
        }

        bool IsOptional(string dependency) => service.DependsOn.TryGetValue(dependency, out var d) && !d.Required;
        var dependencies = graph.DirectOf(serviceName).ToLookup(IsOptional, d => starts.GetValueOrDefault(d, []));
        var conditions = service.DependsOn.Where(d => project.Services.ContainsKey(d.Key)).Select(d => StartGates.ConditionOf(d.Value) switch
        {
            ReplicaCondition.Healthy => $"{d.Key} is healthy",
            ReplicaCondition.Completed => $"{d.Key} has completed",
            _ => "",
        }).Where(c => c.Length > 0);
        return new StartNeeds(
            [.. dependencies[false].SelectMany(d => d)],
            [.. dependencies[true].SelectMany(d => d)],
            string.Join(" and ", conditions) is { Length: > 0 } when ? when : null);
    }

    /// <summary>Named services are recreated as the wish says, and what they depend on as it says for dependencies.</summary>
    private RecreatePolicy PolicyFor(string service) => wish switch
    {
        { Recreate: RecreatePolicy.Never } => RecreatePolicy.Never,
        { Services.IsDefaultOrEmpty: false } when !wish.Services.Contains(service) => wish.RecreateDependencies,
        _ => wish.Recreate,
    };

    /// <summary>With <c>restart: true</c> a dependant is down while what it depends on is replaced.</summary>
    private void StopFollowers(ImmutableArray<string> wanted)
    {
        if (wish.NoDeps || wish.NoStart)
        {
            return;
        }

        var replaced = wanted.Where(IsReplaced).ToHashSet(StringComparer.Ordinal);
        foreach (var service in wanted.Reverse().Where(s => !replaced.Contains(s)))
        {
            if (project.Services[service].DependsOn.Where(d => d.Value.Restart && replaced.Contains(d.Key)).Select(d => d.Key).FirstOrDefault() is not { } dependency)
            {
                continue;
            }

            var cause = $"{dependency}, which it depends on, is replaced";
            foreach (var container in observation.Of(service).Where(c => c.IsActive))
            {
                followers[container.Id] = (plan.Stop(container.Spec, cause, wish.StopGrace, []), service, dependency, cause);
            }
        }
    }

    private bool IsReplaced(string serviceName)
    {
        var service = project.Services[serviceName];
        return ServiceImages.Of(project, serviceName) is { } wanted && images.TryGetValue(wanted, out var image)
            && observation.Of(serviceName).Any(c => Divergence(c, ServiceHash.Of(service), image.Id, PolicyFor(serviceName)) is not null);
    }

    private IEnumerable<int> FollowersOf(string service) => followers.Values.Where(f => f.Dependency == service).Select(f => f.Stop);

    /// <summary>For <c>--wait</c>: every replica that is wanted, as its service is meant to end up.</summary>
    private void AwaitReady(ImmutableArray<string> wanted)
    {
        if (!wish.Wait || wish.NoStart)
        {
            return;
        }

        var after = plan.Operations.Where(o => o.Kind == OperationKind.StartContainer).ToLookup(o => o.ContainerId, o => o.Id);
        var going = plan.Operations.Where(o => o.Kind == OperationKind.RemoveContainer).Select(o => o.ContainerId).ToHashSet();
        var specs = plan.Operations.Select(o => o.Container).OfType<ContainerSpec>()
            .Concat(observation.Containers.Select(c => c.Spec).Where(s => !going.Contains(s.Id)))
            .Where(s => wanted.Contains(s.Service)).OrderBy(s => s.Service, StringComparer.Ordinal).ThenBy(s => s.Number).ToList();
        foreach (var spec in specs.Where(s => !going.Contains(s.Id)))
        {
            plan.Await(spec, MustComplete(spec.Service) ? ReplicaCondition.Completed : ReplicaCondition.Ready, "--wait", after[spec.Id]);
        }
    }

    private bool MustComplete(string service) => project.Services.Values.Any(s =>
        s.DependsOn.TryGetValue(service, out var dependency) && StartGates.ConditionOf(dependency) == ReplicaCondition.Completed);
}
