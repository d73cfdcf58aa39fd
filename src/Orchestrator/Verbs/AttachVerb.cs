using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Logs;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>
/// <c>attach</c>: our streams connected with those of a running container. Without <c>stdin_open</c> or <c>tty</c> there is
/// nothing to type into: then what it writes is followed in its log.
/// </summary>
internal sealed class AttachVerb : Verb
{
    private static readonly TextFlag Keys = new("detach-keys", null, "Override the key sequence for detaching from a container.");
    private static readonly NumberFlag Index = new("index", null, "index of the container if service has multiple replicas.");
    private static readonly SwitchFlag NoStdin = new("no-stdin", null, "Do not attach STDIN");
    private static readonly SwitchFlag SigProxy = new("sig-proxy", null, "Proxy all received signals to the process (default true)");

    public override string Name => "attach";

    public override string Summary => "Attach local standard input, output, and error streams to a service's running container";

    public override string Operands => "SERVICE";

    public override IReadOnlyList<Flag> Flags => [Keys, Index, NoStdin, SigProxy];

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var keys = DetachKeys.Parse(arguments.Value(Keys) ?? DetachKeys.Default);
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var container = ExecVerb.Choose(containers, invocation.Words[0], arguments.Value(Index));
        using var end = new ContainerEnd(supervisor, target.Name, container.Name, invocation.Root, container.Run);
        using var signals = !arguments.Given(SigProxy) || arguments.Has(SigProxy)
            ? new SignalProxy(supervisor, container, invocation.Output.Error) : null;
        using var session = container.Tty || container.StdinOpen ? AttachSession.TryOpen($"{invocation.Root.RuntimeRoot}/{container.Id}") : null;
        if (session is null)
        {
            return await FollowAsync(invocation, end, container);
        }

        var ended = await session.RunAsync(
            invocation.Output.OutStream, invocation.Output.ErrorStream,
            container.StdinOpen && !arguments.Has(NoStdin), container.Tty && !Console.IsInputRedirected, keys);
        if (ended == AttachEnd.Detached)
        {
            invocation.Output.Error.WriteLine(container.Tty ? "\nread escape sequence" : "read escape sequence");
            return ExitCode.Success;
        }

        return await end.CodeAsync();
    }

    private static async Task<int> FollowAsync(Invocation invocation, ContainerEnd end, ContainerView container)
    {
        using var log = new LogSession(
            each => each.Id == container.Id, each => each.Id == container.Id, new LogPrefixes(new LogStyle(false, false), []),
            invocation.Output.OutStream, invocation.Output.ErrorStream, new LogQuery { Since = DateTimeOffset.UtcNow }, timestamps: false);
        log.Observe(container);
        var code = await end.CodeAsync();
        await log.CloseAsync();
        return code;
    }
}
