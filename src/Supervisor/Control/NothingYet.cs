using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Devoxx.Compose;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Control;

/// <summary>
/// What a supervisor would say of a dry run in a state root that nothing has been kept in yet. Said without one: starting it
/// would make the very directories that a dry run must not make.
/// </summary>
public static class NothingYet
{
    public static ImmutableArray<ControlLine> Up(UpRequest request, StateRoot root) => Foretell(request.Project, request.ToWish(), root);

    public static ImmutableArray<ControlLine> Run(RunRequest request, StateRoot root) => Foretell(request.Model, request.ToWish(), root);

    /// <summary>Of every other request about a project.</summary>
    public static Outcome Other(string project, string verb) => verb == "down"
        ? new Outcome([], [$"no resource found to remove for project {project}"])
        : Outcome.Failure($"there is no project {project}; `devoxx-compose ls -a` lists those there are");

    private static ImmutableArray<ControlLine> Foretell(JsonElement model, UpWish wish, StateRoot root)
    {
        var project = ProjectJson.Read(Encoding.UTF8.GetBytes(model.GetRawText()));
        var (plan, pulls) = ForetoldUp.Make(project, wish, static _ => null, Observation.Nothing, root, null, DateTimeOffset.UtcNow);
        var outcome = new ControlLine(Outcome: new Outcome(plan.Errors, plan.Warnings));
        return plan.Errors.IsEmpty ? [new ControlLine(Plan: PlanViews.Of(plan, pulls)), outcome] : [outcome];
    }
}
