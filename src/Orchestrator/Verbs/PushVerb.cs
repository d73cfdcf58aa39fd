using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>push</c>: the images of those services that are built.</summary>
internal sealed class PushVerb : Verb
{
    private static readonly SwitchFlag IgnoreFailures = new("ignore-push-failures", null, "Push what it can and ignores images with push failures");
    private static readonly SwitchFlag IncludeDependencies = new("include-deps", null, "Also push images of services declared as dependencies");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Push without printing progress information");

    public override string Name => "push";

    public override string Summary => "Push service images";

    public override IReadOnlyList<Flag> Flags => [IgnoreFailures, IncludeDependencies, Quiet];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        var images = ServiceSelection.Of(invocation, stack, arguments.Has(IncludeDependencies))
            .Where(service => service.Value.Build is not null && service.Value.Image is not null)
            .SelectMany(service => service.Value.Build!.Tags.Prepend(service.Value.Image!)).Distinct();
        if (invocation.Global.IsDryRun)
        {
            PlanText.Write(invocation.Output.Out, new PlanView([.. images.Select(image => new PlannedStep(0, "push", "image", image, "push", []))], []));
            return ExitCode.Success;
        }

        using var supervisor = await invocation.ConnectAsync();
        var code = await invocation.ShowAsync("Pushing", report => supervisor.PerformAsync(
            ControlRoutes.ImagePush, new PullImagesRequest([.. images]), ControlJson.Default.PullImagesRequest, arguments.Has(Quiet) ? _ => { } : report, invocation.Interrupts.First));
        return arguments.Has(IgnoreFailures) ? ExitCode.Success : code;
    }
}
