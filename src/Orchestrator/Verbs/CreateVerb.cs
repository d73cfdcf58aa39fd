using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>create</c>: an <c>up</c> that starts nothing.</summary>
internal sealed class CreateVerb : Verb
{
    private static readonly SwitchFlag ForceRecreate = new("force-recreate", null, "Recreate containers even if their configuration and image haven't changed");
    private static readonly SwitchFlag NoRecreate = new("no-recreate", null, "If containers already exist, don't recreate them. Incompatible with --force-recreate.");
    private static readonly SwitchFlag RemoveOrphans = new("remove-orphans", null, "Remove containers for services not defined in the Compose file");
    private static readonly ListFlag Scale = new("scale", null, "Scale SERVICE to NUM instances. Overrides the `scale` setting in the Compose file if present.");
    private static readonly SwitchFlag Yes = new("yes", 'y', "Assume \"yes\" as answer to all prompts and run non-interactively");

    public override string Name => "create";

    public override string Summary => "Creates containers for a service";

    public override IReadOnlyList<Flag> Flags => [ForceRecreate, NoRecreate, RemoveOrphans, Scale, Yes, .. ImageFlags.All];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        ImageFlags.Check(arguments);
        if (arguments.Has(ForceRecreate) && arguments.Has(NoRecreate))
        {
            throw new CommandFailedException("--force-recreate and --no-recreate are incompatible");
        }

        var connecting = invocation.ConnectAsync();
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        if (stack.Project.Services.IsEmpty)
        {
            throw new CommandFailedException("no service selected");
        }

        var request = new UpRequest(
            stack.Json,
            [.. invocation.Words],
            UpVerb.ScaleOf(arguments.Values(Scale), stack),
            arguments.Has(ForceRecreate) ? RecreatePolicy.Always : arguments.Has(NoRecreate) ? RecreatePolicy.Never : RecreatePolicy.Changed,
            arguments.Given(RemoveOrphans) ? arguments.Has(RemoveOrphans) : stack.RemovesOrphans,
            NoStart: true,
            ConfigFiles: stack.Project.ComposeFiles,
            WorkingDirectory: stack.Project.WorkingDir,
            Pull: ImageFlags.PolicyOf(arguments),
            QuietPull: arguments.Has(ImageFlags.QuietPull))
        {
            Build = ImageFlags.BuildOf(arguments),
        };
        using var supervisor = await connecting;
        if (!invocation.Global.IsDryRun && await ImageFlags.BuildAsync(invocation, supervisor, stack, request) is var built and not ExitCode.Success)
        {
            return built;
        }

        return await invocation.PerformAsync(supervisor, ControlRoutes.Up(stack.Project.Name), request, ControlJson.Default.UpRequest, "Creating");
    }
}
