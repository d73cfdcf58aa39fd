using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class UpVerb : Verb
{
    private static readonly SwitchFlag Detach = new("detach", 'd', "Detached mode: Run containers in the background");
    private static readonly SwitchFlag ForceRecreate = new("force-recreate", null, "Recreate containers even if their configuration and image haven't changed");
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

    public override string Name => "up";

    public override string Summary => "Create and start containers";

    public override IReadOnlyList<Flag> Flags =>
    [
        Detach, ForceRecreate, NoColor, NoDeps, NoLogPrefix, NoRecreate, NoStart, RemoveOrphans, RenewAnonymousVolumes, Scale, Timeout, Timestamps,
    ];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        Check(invocation.Arguments);
        var connecting = invocation.ConnectAsync();
        var stack = Stack.LoadToStart(invocation, invocation.Words);
        if (stack.Project.Services.IsEmpty)
        {
            throw new CommandFailedException("no service selected");
        }

        var request = Request(invocation, stack);
        using var supervisor = await connecting;
        if (invocation.Arguments.Has(Detach) || invocation.Arguments.Has(NoStart))
        {
            return await invocation.PerformAsync(supervisor, ControlRoutes.Up(stack.Project.Name), request, ControlJson.Default.UpRequest);
        }

        var style = new LogStyle(invocation.Output.Colour && !invocation.Arguments.Has(NoColor), !invocation.Arguments.Has(NoLogPrefix));
        IReadOnlyCollection<string> attached = invocation.Words.Count > 0 ? [.. invocation.Words] : [.. stack.Project.Services.Keys];
        return await new AttachedUp(invocation, supervisor, stack.Project, request, attached, style, invocation.Arguments.Has(Timestamps)).RunAsync();
    }

    /// <summary>Options that exclude each other, in the reference's words.</summary>
    internal static void Check(ParsedArguments arguments)
    {
        if (arguments.Has(ForceRecreate) && arguments.Has(NoRecreate))
        {
            throw new CommandFailedException("--force-recreate and --no-recreate are incompatible");
        }

        if (arguments.Has(RenewAnonymousVolumes) && arguments.Has(NoRecreate))
        {
            throw new CommandFailedException("--no-recreate and --renew-anon-volumes are incompatible");
        }
    }

    private static UpRequest Request(Invocation invocation, Stack stack)
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
            stack.Project.WorkingDir);
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
