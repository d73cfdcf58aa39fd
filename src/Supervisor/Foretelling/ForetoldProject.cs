using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Projects;

namespace Devoxx.Supervisor.Foretelling;

/// <summary>What a request about a project would do, told instead of done: no event, no order, no pull. Pure.</summary>
internal static class ForetoldProject
{
    /// <param name="find">The image store.</param>
    /// <param name="defined">What is wanted by now; null: nobody knows.</param>
    public static ImmutableArray<ControlLine> Of(
        ProjectRequest request, Func<string, StoredImage?> find, Observation observation, StateRoot root, Func<Project?> defined, DateTimeOffset now)
    {
        var (plan, images) = request is UpProject up
            ? ForetoldUp.Make(up.Project, up.Wish, find, observation, root, defined, now)
            : (ProjectPlans.Of(request, defined(), observation), []);
        var outcome = new ControlLine(Outcome: new Outcome(plan.Errors, plan.Warnings));
        return plan.Errors.IsEmpty ? [new ControlLine(Plan: PlanViews.Of(plan, images)), outcome] : [outcome];
    }

    /// <summary>Of a project that nobody knows, every request but those that would make it.</summary>
    public static Outcome OfUnknown(ProjectRequest request) => request is DownProject
        ? new Outcome([], [$"no resource found to remove for project {request.ProjectName}"])
        : Outcome.Failure($"there is no project {request.ProjectName}; `devoxx-compose ls -a` lists those there are");
}
