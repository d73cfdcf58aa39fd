using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>The options about images that <c>up</c> and <c>create</c> have in common, and what they do before anything is created: build what is to be built.</summary>
internal static class ImageFlags
{
    public static readonly SwitchFlag Build = new("build", null, "Build images before starting containers");
    public static readonly SwitchFlag NoBuild = new("no-build", null, "Don't build an image, even if it's policy");
    public static readonly TextFlag Pull = new("pull", null, "Pull image before running (\"always\"|\"missing\"|\"never\"|\"build\")") { Choices = ["always", "missing", "never", "build", "policy"] };
    public static readonly SwitchFlag QuietBuild = new("quiet-build", null, "Suppress the build output");
    public static readonly SwitchFlag QuietPull = new("quiet-pull", null, "Pull without printing progress information");

    public static IReadOnlyList<Flag> All => [Build, NoBuild, Pull, QuietBuild, QuietPull];

    /// <exception cref="CommandFailedException">Options that exclude each other.</exception>
    public static void Check(ParsedArguments arguments)
    {
        if (arguments.Has(Build) && arguments.Has(NoBuild))
        {
            throw new CommandFailedException("--build and --no-build are incompatible");
        }
    }

    /// <summary><c>--pull</c>, as the supervisor takes it; null: as the services say.</summary>
    public static string? PolicyOf(ParsedArguments arguments) => arguments.Value(Pull) is { } policy and not "policy" ? policy : null;

    /// <summary><c>--build</c>, <c>--no-build</c>, or neither.</summary>
    public static bool? BuildOf(ParsedArguments arguments) => arguments.Has(Build) ? true : arguments.Has(NoBuild) ? false : null;

    /// <summary>Builds what of these services is to be built, if anything is.</summary>
    /// <returns>The exit code: what failed has been told.</returns>
    public static async Task<int> BuildAsync(Invocation invocation, SupervisorConnection supervisor, Stack stack, UpRequest up)
    {
        var arguments = invocation.Arguments;
        if (stack.Project.Services.All(service => service.Value.Build is null))
        {
            return ExitCode.Success;
        }

        var started = UpPlanner.Selected(stack.Project, new UpWish(up.Services, up.Scale, NoDeps: up.NoDeps));
        var images = started.Select(name => ConfigOutput.ImageOf(stack.Project, name)).ToHashSet(StringComparer.Ordinal);

        // Also one whose image another service runs.
        var built = stack.Project.Services.Where(service => service.Value.Build is not null && images.Contains(ConfigOutput.ImageOf(stack.Project, service.Key)))
            .Select(service => service.Key).ToImmutableArray();
        if (built.IsEmpty || arguments.Has(NoBuild))
        {
            return ExitCode.Success;
        }

        var request = new BuildImagesRequest(
            stack.Json, built, stack.Project.Environment, OnlyNeeded: !arguments.Has(Build) && PolicyOf(arguments) != "build", Arguments: [], Ssh: []) { OnlyHere = true };
        return await invocation.ShowAsync("Building", report => supervisor.PerformAsync(
            ControlRoutes.ImageBuild, request, ControlJson.Default.BuildImagesRequest, Quiet(report, arguments.Has(QuietBuild), arguments.Has(QuietPull)), invocation.Interrupts.First));
    }

    /// <summary>Without the lines of builders, and without layers that come in.</summary>
    public static Action<Progress> Quiet(Action<Progress> report, bool build, bool pull) => progress =>
    {
        if (!(build && progress.Status == "Building") && !(pull && progress.Kind == "Layer"))
        {
            report(progress);
        }
    };
}
