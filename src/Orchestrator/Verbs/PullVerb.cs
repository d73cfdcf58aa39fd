using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>pull</c>: the images of the stack's services, all at once.</summary>
internal sealed class PullVerb : Verb
{
    private static readonly SwitchFlag IgnoreBuildable = new("ignore-buildable", null, "Ignore images that can be built");
    private static readonly SwitchFlag IgnoreFailures = new("ignore-pull-failures", null, "Pull what it can and ignores images with pull failures");
    private static readonly SwitchFlag IncludeDependencies = new("include-deps", null, "Also pull services declared as dependencies");
    private static readonly TextFlag Policy = new("policy", null, "Apply pull policy (\"missing\"|\"always\")") { Choices = ["missing", "always"] };
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Pull without printing progress information");

    public override string Name => "pull";

    public override string Summary => "Pull service images";

    public override IReadOnlyList<Flag> Flags => [IgnoreBuildable, IgnoreFailures, IncludeDependencies, Policy, Quiet];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        var services = ServiceSelection.Of(invocation, stack, arguments.Has(IncludeDependencies))
            .Where(service => !string.IsNullOrEmpty(service.Value.Image) && PolicyOf(service.Value, arguments) is not ("never" or "build"))
            .Where(service => service.Value.Build is null || !arguments.Has(IgnoreBuildable)).ToList();
        if (invocation.Global.IsDryRun)
        {
            PlanText.Write(invocation.Output.Out, new PlanView(
                [.. services.Select(service => service.Value.Image!).Distinct().Select(image => new PlannedStep(0, "pull", "image", image, "pull", []))], []));
            return ExitCode.Success;
        }

        var code = ExitCode.Success;
        using var supervisor = await invocation.ConnectAsync();

        // One request for each way of asking; nearly always there is one.
        foreach (var group in services.GroupBy(service => (
            service.Value.Platform, Buildable: service.Value.Build is not null, OnlyMissing: PolicyOf(service.Value, arguments) is "missing" or "if_not_present")))
        {
            var request = new PullImagesRequest([.. group.Select(service => service.Value.Image!).Distinct()], group.Key.Platform, group.Key.OnlyMissing);
            var outcome = await PullAsync(invocation, supervisor, request);
            if (!outcome.Succeeded && group.Key.Buildable)
            {
                // What can be built need not be anywhere else.
                invocation.Conclude(outcome with { Errors = [] });
                invocation.Output.Warn($"some service images must be built from source: {CommandLine.Program} build {string.Join(' ', group.Select(service => service.Key))}");
                continue;
            }

            var ended = invocation.Conclude(outcome);
            code = ended == ExitCode.Success || arguments.Has(IgnoreFailures) ? code : ended;
        }

        return code;
    }

    private static string? PolicyOf(Service service, ParsedArguments arguments) => arguments.Value(Policy) ?? service.PullPolicy;

    private static async Task<Outcome> PullAsync(Invocation invocation, SupervisorConnection supervisor, PullImagesRequest request)
    {
        using var progress = invocation.Output.StartProgress("Pulling");
        return await supervisor.PerformAsync(
            ControlRoutes.ImagePull, request, ControlJson.Default.PullImagesRequest, invocation.Arguments.Has(Quiet) ? _ => { } : progress.Report, invocation.Interrupts.First);
    }
}
