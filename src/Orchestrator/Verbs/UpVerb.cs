using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class UpVerb : Verb
{
    private static readonly SwitchFlag AbortOnExit = new("abort-on-container-exit", null, "Stops all containers if any container was stopped. Incompatible with -d");
    private static readonly SwitchFlag AbortOnFailure = new("abort-on-container-failure", null, "Stops all containers if any container exited with failure. Incompatible with -d");
    private static readonly SwitchFlag AlwaysRecreateDeps = new("always-recreate-deps", null, "Recreate dependent containers. Incompatible with --no-recreate.");
    private static readonly ListFlag Attach = new("attach", null, "Restrict attaching to the specified services. Incompatible with --attach-dependencies.");
    private static readonly SwitchFlag AttachDependencies = new("attach-dependencies", null, "Automatically attach to log output of dependent services");
    private static readonly SwitchFlag Detach = new("detach", 'd', "Detached mode: Run containers in the background");
    private static readonly TextFlag ExitCodeFrom = new("exit-code-from", null, "Return the exit code of the selected service container. Implies --abort-on-container-exit");
    private static readonly SwitchFlag ForceRecreate = new("force-recreate", null, "Recreate containers even if their configuration and image haven't changed");
    private static readonly ListFlag NoAttach = new("no-attach", null, "Do not attach (stream logs) to the specified services");
    private static readonly SwitchFlag NoColor = new("no-color", null, "Produce monochrome output");
    private static readonly SwitchFlag NoDeps = new("no-deps", null, "Don't start linked services");
    private static readonly SwitchFlag NoLogPrefix = new("no-log-prefix", null, "Don't print prefix in logs");
    private static readonly SwitchFlag NoRecreate = new("no-recreate", null, "If containers already exist, don't recreate them. Incompatible with --force-recreate.");
    private static readonly SwitchFlag NoStart = new("no-start", null, "Don't start the services after creating them");
    private static readonly SwitchFlag RemoveOrphans = new("remove-orphans", null, "Remove containers for services not defined in the Compose file");
    private static readonly SwitchFlag RenewAnonymousVolumes = new("renew-anon-volumes", 'V', "Recreate anonymous volumes instead of retrieving data from the previous containers");
    private static readonly ListFlag Scale = new("scale", null, "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.");
    private static readonly NumberFlag Timeout = new("timeout", 't', "Use this timeout in seconds for container shutdown when attached or when containers are already running");
    private static readonly SwitchFlag Timestamps = new("timestamps", null, "Show timestamps");

    private static readonly SwitchFlag Wait = new("wait", null, "Wait for services to be running|healthy. Implies detached mode.");
    private static readonly NumberFlag WaitTimeout = new("wait-timeout", null, "Maximum duration in seconds to wait for the project to be running|healthy");

    private static readonly SwitchFlag Yes = new("yes", 'y', "Assume \"yes\" as answer to all prompts and run non-interactively");

    /// <summary>Those that change what is done, not how it is shown.</summary>
    internal static IReadOnlyList<Flag> PlanningFlags =>
        [ForceRecreate, NoDeps, NoRecreate, NoStart, RemoveOrphans, RenewAnonymousVolumes, Scale, Timeout, AlwaysRecreateDeps, Yes, ImageFlags.Build, ImageFlags.NoBuild, ImageFlags.Pull];

    public override string Name => "up";

    public override string Summary => "Create and start containers";

    public override IReadOnlyList<Flag> Flags =>
    [
        AbortOnExit, AbortOnFailure, AlwaysRecreateDeps, Attach, AttachDependencies, Detach, ExitCodeFrom, ForceRecreate, NoAttach, NoColor, NoDeps, NoLogPrefix, NoRecreate, NoStart, RemoveOrphans, RenewAnonymousVolumes, Scale, Timeout, Timestamps, Wait, WaitTimeout, Yes, .. ImageFlags.All,
    ];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        Check(invocation.Arguments);
        ImageFlags.Check(invocation.Arguments);
        var connecting = invocation.ConnectAsync();
        var stack = Load(invocation);
        var request = Request(invocation, stack);
        using var supervisor = await connecting;
        if (!invocation.Global.IsDryRun && await ImageFlags.BuildAsync(invocation, supervisor, stack, request) is var built and not ExitCode.Success)
        {
            return built;
        }

        if (invocation.Arguments.Has(Detach) || invocation.Arguments.Has(Wait) || invocation.Arguments.Has(NoStart) || invocation.Global.IsDryRun)
        {
            return await invocation.PerformAsync(supervisor, ControlRoutes.Up(stack.Project.Name), request, ControlJson.Default.UpRequest);
        }

        return await new AttachedUp(invocation, supervisor, stack.Project, request, OptionsOf(invocation, stack.Project)).RunAsync();
    }

    /// <summary>Options that exclude each other, in the reference's words.</summary>
    internal static void Check(ParsedArguments arguments)
    {
        var aborts = arguments.Has(AbortOnExit) || arguments.Has(AbortOnFailure) || arguments.Given(ExitCodeFrom);
        var attaches = arguments.Given(Attach) || arguments.Has(AttachDependencies);
        var wrong = arguments.Has(ForceRecreate) && arguments.Has(NoRecreate) ? "--force-recreate and --no-recreate are incompatible"
            : arguments.Has(RenewAnonymousVolumes) && arguments.Has(NoRecreate) ? "--no-recreate and --renew-anon-volumes are incompatible"
            : arguments.Has(AlwaysRecreateDeps) && arguments.Has(NoRecreate) ? "--always-recreate-deps and --no-recreate are incompatible"
            : arguments.Has(AbortOnExit) && arguments.Has(AbortOnFailure) ? "--abort-on-container-failure cannot be combined with --abort-on-container-exit"
            : arguments.Given(Attach) && arguments.Has(AttachDependencies) ? "cannot combine --attach and --attach-dependencies"
            : arguments.Has(Detach) && (aborts || attaches)
                ? "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch"
            : arguments.Has(Wait) && (aborts || attaches) ? "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies"
            : arguments.Given(WaitTimeout) && !arguments.Has(Wait) ? "--wait-timeout says how long --wait waits; add --wait"
            : null;
        if (wrong is not null)
        {
            throw new CommandFailedException(wrong);
        }
    }

    private static AttachOptions OptionsOf(Invocation invocation, Project project)
    {
        var arguments = invocation.Arguments;
        var all = project.Services.Keys;
        var from = arguments.Value(ExitCodeFrom);
        foreach (var service in from is null ? arguments.Values(Attach) : [.. arguments.Values(Attach), from])
        {
            if (!project.Services.ContainsKey(service))
            {
                throw new CommandFailedException($"no such service: {service}");
            }
        }

        // Dependencies of what was named run in the background, as the reference has it.
        IEnumerable<string> named = invocation.Words.Count > 0 && !arguments.Has(AttachDependencies) ? invocation.Words : all;
        var shown = (arguments.Given(Attach) ? arguments.Values(Attach) : named.Where(service => project.Services[service].Attach ?? true))
            .Except(arguments.Values(NoAttach)).ToList();
        return new AttachOptions(
            shown,
            [.. named.Union(shown)],
            new LogStyle(invocation.Output.Colour && !arguments.Has(NoColor), !arguments.Has(NoLogPrefix)),
            arguments.Has(Timestamps))
        {
            AbortOnExit = arguments.Has(AbortOnExit) || (from is not null && !arguments.Has(AbortOnFailure)),
            AbortOnFailure = arguments.Has(AbortOnFailure),
            ExitCodeFrom = from,
        };
    }

    /// <exception cref="CommandFailedException">The files are wrong, or no service of them is selected.</exception>
    internal static Stack Load(Invocation invocation)
    {
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        return stack.Project.Services.IsEmpty ? throw new CommandFailedException("no service selected") : stack;
    }

    internal static UpRequest Request(Invocation invocation, Stack stack)
    {
        var arguments = invocation.Arguments;
        return new UpRequest(
            stack.Json,
            [.. invocation.Words],
            ScaleOf(arguments.Values(Scale), stack),
            arguments.Has(ForceRecreate) ? RecreatePolicy.Always : arguments.Has(NoRecreate) ? RecreatePolicy.Never : RecreatePolicy.Changed,
            arguments.Given(RemoveOrphans) ? arguments.Has(RemoveOrphans) : stack.RemovesOrphans,
            arguments.Has(NoStart),
            arguments.Has(NoDeps),
            arguments.Has(RenewAnonymousVolumes),
            arguments.Value(Timeout),
            stack.Project.ComposeFiles,
            stack.Project.WorkingDir,
            ImageFlags.PolicyOf(arguments),
            arguments.Has(ImageFlags.QuietPull))
        {
            RecreateDependencies = arguments.Has(AlwaysRecreateDeps) ? RecreatePolicy.Always : RecreatePolicy.Changed,
            AssumeYes = arguments.Has(Yes),
            Build = ImageFlags.BuildOf(arguments),
            Wait = arguments.Has(Wait),
            WaitTimeoutSeconds = arguments.Value(WaitTimeout) is > 0 and var seconds ? seconds : null,
        };
    }

    internal static ImmutableSortedDictionary<string, int> ScaleOf(IReadOnlyList<string> options, Stack stack)
    {
        var scale = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            var equals = option.IndexOf('=');
            if (equals <= 0 || !int.TryParse(option.AsSpan(equals + 1), out var count) || count < 0)
            {
                throw new CommandFailedException($"invalid --scale option \"{option}\". Should be SERVICE=NUM");
            }

            scale[option[..equals]] = count;
        }

        new ProjectTarget(stack.Project.Name, stack).CheckServices(scale.Keys);
        return scale.ToImmutable();
    }
}
