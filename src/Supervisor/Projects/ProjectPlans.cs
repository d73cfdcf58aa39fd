using Devoxx.Compose;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>The plan of each request but <c>up</c> and <c>run</c>, which need images. Pure.</summary>
internal static class ProjectPlans
{
    /// <param name="defined">What is wanted by now; null: nobody knows.</param>
    public static Plan Of(ProjectRequest request, Project? defined, Observation observation) => request switch
    {
        DownProject c => DownPlanner.Make(
            c.Project ?? defined, c.Wish with { RemoveOrphans = c.Wish.RemoveOrphans || c.Project is null }, observation, request.ProjectName),
        StartServices c => ServicesPlanner.Start(defined, c.Services, observation),
        StopServices c => ServicesPlanner.Stop(defined, c.Services, c.Grace, observation),
        HaltProject => ServicesPlanner.Halt(defined, observation),
        PauseServices { Pause: true } c => PausePlanner.Pause(defined, c.Services, observation),
        PauseServices c => PausePlanner.Unpause(defined, c.Services, observation),
        HoldContainer c => PausePlanner.Hold(c.ContainerId, c.Hold, c.Cause, observation),
        RemoveContainers c => RemovePlanner.Remove(defined, c.Services, c.Stop, c.Volumes, observation),
        RemoveEnded c => RemovePlanner.AutoRemove(c.Container, observation),
        KillServices c => ServicesPlanner.Kill(defined, c.Services, c.Signal, observation, c.Container, c.Orphans),
        RestartServices c => ServicesPlanner.Restart(defined, c.Services, c.Grace, c.NoDeps, observation),
        _ => throw new InvalidOperationException($"{request.GetType().Name} is not a request of a project"),
    };
}
