using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>plan</c>: what <c>up</c> with the same options would do, and why. Exits with 2 when that is anything.</summary>
internal sealed class PlanVerb : Verb
{
    private const int SomethingToDo = 2;

    private static readonly SwitchFlag Json = new("json", null, "Output the plan as a json object");

    public override string Name => "plan";

    public override string Summary => "Show what up would do, and why";

    public override IReadOnlyList<Flag> Flags => [Json, .. UpVerb.PlanningFlags];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        UpVerb.Check(invocation.Arguments);
        ImageFlags.Check(invocation.Arguments);
        var connecting = invocation.ConnectToLookAsync();
        var stack = UpVerb.Load(invocation);
        var request = UpVerb.Request(invocation, stack);
        using var supervisor = await connecting;
        PlanView? foretold = null;
        var outcome = await supervisor.PerformAsync(
            ControlRoutes.Up(stack.Project.Name) + "?dryRun=true", request, ControlJson.Default.UpRequest, static _ => { }, invocation.Interrupts.First, plan => foretold = plan);
        if (foretold is { } plan)
        {
            if (invocation.Arguments.Has(Json))
            {
                PlanText.WriteJson(invocation.Output.Out, plan);
            }
            else
            {
                PlanText.Write(invocation.Output.Out, plan);
            }
        }

        var code = invocation.Conclude(outcome);
        return code == ExitCode.Success && foretold is { Operations.IsEmpty: false } ? SomethingToDo : code;
    }
}
