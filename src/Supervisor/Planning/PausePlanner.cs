using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Plans for <c>pause</c> and <c>unpause</c>. What is asked for by name and is so already is an error. Pure.</summary>
public static class PausePlanner
{
    public static Plan Pause(Project? project, ImmutableArray<string> services, Observation observation) =>
        Make(project, services, observation, pause: true);

    public static Plan Unpause(Project? project, ImmutableArray<string> services, Observation observation) =>
        Make(project, services, observation, pause: false);

    /// <summary>One container, by its id.</summary>
    public static Plan Hold(string id, bool hold, string cause, Observation observation)
    {
        var plan = new PlanBuilder();
        foreach (var container in observation.Containers.Where(c => c.Spec.Id == id && c.Phase == ContainerPhase.Running && c.IsPaused != hold))
        {
            _ = hold ? plan.Pause(container.Spec, cause) : plan.Unpause(container.Spec, cause);
        }

        return plan.Build();
    }

    private static Plan Make(Project? project, ImmutableArray<string> services, Observation observation, bool pause)
    {
        var plan = new PlanBuilder();
        var running = ServicesPlanner.Named(plan, project, services, observation)
            .SelectMany(service => observation.Of(service)).Where(c => c.Phase == ContainerPhase.Running).ToImmutableArray();
        var meant = running.Where(c => c.IsPaused != pause).ToImmutableArray();
        foreach (var container in meant)
        {
            _ = pause ? plan.Pause(container.Spec, "pause") : plan.Unpause(container.Spec, "unpause");
        }

        // With services named, each replica must be so; without, it is enough that there is something to do.
        if (!services.IsDefaultOrEmpty || meant.IsEmpty)
        {
            foreach (var container in running.Except(meant))
            {
                plan.Errors.Add($"container {container.Name} is {(pause ? "already" : "not")} paused");
            }
        }

        if (running.IsEmpty && plan.Errors.Count == 0)
        {
            plan.Errors.Add($"nothing to {(pause ? "pause" : "unpause")}: no container runs{(services.IsDefaultOrEmpty ? "" : " of " + string.Join(", ", services))}");
        }

        return plan.Build();
    }
}
