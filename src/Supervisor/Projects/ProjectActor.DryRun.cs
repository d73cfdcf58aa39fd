using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>What a request would do, told instead of done: no event, no order, no pull.</summary>
internal sealed partial class ProjectActor
{
    private void Foretell(ProjectRequest request)
    {
        var (plan, pulls) = request is UpProject up
            ? ForetoldUp.Make(up.Project, up.Wish, environment.Images.Find, Observe(), environment.Root, Defined, environment.Now)
            : (PlanOf(request), []);
        if (plan.Errors.IsEmpty)
        {
            request.Output.TryWrite(new ControlLine(Plan: PlanViews.Of(plan, pulls)));
        }

        request.Output.TryWrite(new ControlLine(Outcome: new Outcome(plan.Errors, plan.Warnings)));
        request.Output.TryComplete();
    }
}
