using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>
/// Whether a container may start now: what <c>depends_on</c> says of its service, held against how the containers of those
/// services are. The same whoever starts it. Pure.
/// </summary>
internal static class StartGates
{
    /// <param name="project">What is wanted; null: nobody knows, so nothing is waited for.</param>
    /// <param name="containers">All of the project.</param>
    /// <param name="asked">Somebody waits for the start: what may never come is a failure, and what was stopped is not waited for.</param>
    public static StartGate Of(Project? project, string service, IEnumerable<ContainerState> containers, bool asked)
    {
        var dependencies = DependenciesOf(project, service);
        if (dependencies.IsEmpty)
        {
            return StartGate.Open;
        }

        var waits = new List<string>();
        var ignored = ImmutableArray.CreateBuilder<string>();
        var follows = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var (name, dependency) in dependencies)
        {
            var condition = ConditionOf(dependency);
            foreach (var container in Of(name, containers))
            {
                if (dependency.Restart)
                {
                    follows[container.Spec!.Id] = container.Run;
                }

                var stands = ConditionState.Of(container, condition);
                switch (stands.Standing)
                {
                    case ConditionStanding.NotYet:
                    case ConditionStanding.Unlikely or ConditionStanding.Stopped when !asked && dependency.Required:
                        waits.Add($"{name} {Awaited(condition)}");
                        break;
                    case ConditionStanding.Failed or ConditionStanding.Unlikely when dependency.Required:
                        return StartGate.Fail($"dependency failed to start: {container.Spec!.Name} {stands.Reason}");
                    case not ConditionStanding.Met:
                        ignored.Add($"{container.Spec!.Name} {stands.Reason}; {service} is started all the same");
                        break;
                }
            }
        }

        return waits.Count > 0
            ? StartGate.Wait("waiting for " + string.Join(" and ", waits.Distinct()))
            : StartGate.Open with { Follows = follows.Count == 0 ? null : follows.ToImmutable(), Ignored = ignored.ToImmutable() };
    }

    /// <summary>The dependency that has been started again by itself since this container's run began, if its restarts are to be followed; null: none.</summary>
    public static ContainerState? Followed(Project? project, ContainerState container, IEnumerable<ContainerState> containers) =>
        container is not { Phase: ContainerPhase.Running, Ungated: false, Follows: { } follows }
            ? null
            : DependenciesOf(project, container.Spec!.Service).Where(d => d.Value.Restart).SelectMany(d => Of(d.Key, containers))
                .FirstOrDefault(c => c.Phase == ContainerPhase.Running && c.ByItself && follows.TryGetValue(c.Spec!.Id, out var run) && c.Run > run);

    private static ImmutableSortedDictionary<string, Dependency> DependenciesOf(Project? project, string service) =>
        (project?.Services.GetValueOrDefault(service) ?? project?.DisabledServices.GetValueOrDefault(service))?.DependsOn
        ?? ImmutableSortedDictionary<string, Dependency>.Empty;

    /// <summary>A service without containers was left out on purpose (scaled to none, <c>--no-deps</c>): there is nothing to wait for.</summary>
    private static IEnumerable<ContainerState> Of(string service, IEnumerable<ContainerState> containers) => containers.Where(c =>
        c.Spec is { } spec && spec.Service == service && c.Phase is not (ContainerPhase.None or ContainerPhase.Removing or ContainerPhase.Removed)
        && !spec.IsOneOff);

    public static ReplicaCondition ConditionOf(Dependency dependency) => dependency.Condition switch
    {
        "service_healthy" => ReplicaCondition.Healthy,
        "service_completed_successfully" => ReplicaCondition.Completed,
        _ => ReplicaCondition.Started,
    };

    private static string Awaited(ReplicaCondition condition) => condition switch
    {
        ReplicaCondition.Healthy => "to become healthy",
        ReplicaCondition.Completed => "to complete",
        _ => "to be started",
    };
}
