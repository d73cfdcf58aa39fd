using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
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
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Pull without printing progress information");

    public override string Name => "pull";

    public override string Summary => "Pull service images";

    public override IReadOnlyList<Flag> Flags => [IgnoreBuildable, IgnoreFailures, IncludeDependencies, Quiet];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        if (invocation.Global.IsDryRun)
        {
            return Foretell(invocation);
        }

        var connecting = invocation.ConnectAsync();
        var project = Stack.LoadToStart(invocation, invocation.Words).Project;
        var code = ExitCode.Success;
        using var supervisor = await connecting;

        // One request for each platform asked for; nearly always there is one.
        foreach (var group in Meant(invocation, project).GroupBy(service => service.Value.Platform))
        {
            var request = new PullImagesRequest([.. group.Select(service => service.Value.Image!).Distinct()], group.Key);
            var outcome = await invocation.ShowAsync("Pulling", report => supervisor.PerformAsync(
                ControlRoutes.ImagePull, request, ControlJson.Default.PullImagesRequest, arguments.Has(Quiet) ? _ => { } : report, invocation.Interrupts.First));
            code = outcome == ExitCode.Success || arguments.Has(IgnoreFailures) ? code : outcome;
        }

        return code;
    }

    private static IEnumerable<KeyValuePair<string, Service>> Meant(Invocation invocation, Project project) => project.Services
        .Where(service => invocation.Words.Count == 0 || invocation.Arguments.Has(IncludeDependencies) || invocation.Words.Contains(service.Key))
        .Where(service => service.Value.Image is not null && service.Value.PullPolicy is not "build"
            && !(service.Value.Build is not null && invocation.Arguments.Has(IgnoreBuildable)));

    private static int Foretell(Invocation invocation)
    {
        var project = Stack.LoadToStart(invocation, invocation.Words).Project;
        PlanText.Write(invocation.Output.Out, new PlanView(
            [.. Meant(invocation, project).Select(service => service.Value.Image!).Distinct().Select(image => new PlannedStep(0, "pull", "image", image, "pull", []))], []));
        return ExitCode.Success;
    }
}
