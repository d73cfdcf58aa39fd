using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>build</c>: the images of those services that have a <c>build:</c>.</summary>
internal sealed class BuildVerb : Verb
{
    private static readonly ListFlag Argument = new("build-arg", null, "Set build-time variables for services");
    private static readonly TextFlag Builder = new("builder", null, "Set builder to use (buildah, buildctl)") { Choices = ["buildah", "buildctl", "buildkit"] };
    private static readonly SwitchFlag CheckOnly = new("check", null, "Check build configuration") { Hidden = true };
    private static readonly TextFlag Memory = new("memory", 'm', "Set memory limit for the build container (buildah only)");
    private static readonly SwitchFlag NoCache = new("no-cache", null, "Do not use cache when building the image");
    private static readonly SwitchFlag Print = new("print", null, "Print equivalent bake file") { Hidden = true };
    private static readonly TextFlag Provenance = new("provenance", null, "Add a provenance attestation (only \"false\": none are made)");
    private static readonly SwitchFlag Pull = new("pull", null, "Always attempt to pull a newer version of the image");
    private static readonly SwitchFlag Push = new("push", null, "Push service images");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Suppress the build output");
    private static readonly TextFlag Sbom = new("sbom", null, "Add a SBOM attestation (only \"false\": none are made)");
    private static readonly ListFlag Ssh = new("ssh", null, "Set SSH authentications used when building service images. (use 'default' for using your default SSH Agent)");
    private static readonly SwitchFlag WithDependencies = new("with-dependencies", null, "Also build dependencies (transitively)");

    public override string Name => "build";

    public override string Summary => "Build or rebuild services";

    public override IReadOnlyList<Flag> Flags => [Argument, Builder, CheckOnly, Memory, NoCache, Print, Provenance, Pull, Push, Quiet, Sbom, Ssh, WithDependencies];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        Refuse(arguments);
        var connecting = invocation.ConnectAsync();
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        new ProjectTarget(stack.Project.Name, stack).CheckServices(invocation.Words);
        var request = new BuildImagesRequest(
            stack.Json,
            [.. invocation.Words],
            stack.Project.Environment,
            WithDependencies: arguments.Has(WithDependencies),
            Arguments: [.. arguments.Values(Argument)],
            Ssh: [.. arguments.Values(Ssh)],
            Builder: arguments.Value(Builder),
            NoCache: arguments.Has(NoCache),
            Pull: arguments.Has(Pull),
            Push: arguments.Has(Push),
            Memory: BytesOf(arguments.Value(Memory)));
        using var supervisor = await connecting;
        if (stack.Project.Services.All(service => service.Value.Build is null))
        {
            invocation.Output.Warn("no service has a `build:`: there is nothing to build");
            return ExitCode.Success;
        }

        return await invocation.ShowAsync("Building", report => supervisor.PerformAsync(
            ControlRoutes.ImageBuild, request, ControlJson.Default.BuildImagesRequest, ImageFlags.Quiet(report, arguments.Has(Quiet), pull: false), invocation.Interrupts.First));
    }

    /// <exception cref="CommandFailedException">What no builder here can do.</exception>
    private static void Refuse(ParsedArguments arguments)
    {
        var wrong = arguments.Has(CheckOnly) ? "--check: neither buildah nor buildctl checks a Dockerfile without building it"
            : arguments.Has(Print) ? "--print: there is no bake here whose file could be printed; `config` prints the build sections"
            : arguments.Value(Provenance) is { } provenance and not ("false" or "mode=disabled") ? $"--provenance {provenance}: no attestations are made here; only false is possible"
            : arguments.Value(Sbom) is { } sbom and not "false" ? $"--sbom {sbom}: no attestations are made here; only false is possible"
            : null;
        if (wrong is not null)
        {
            throw new CommandFailedException(wrong);
        }
    }

    private static long? BytesOf(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : ByteSize.TryParse(text, out var bytes) && bytes > 0 ? bytes
        : throw new CommandFailedException($"--memory {text} is not a size; say e.g. 512m");
}
