using System.Security.Cryptography;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Attachment;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>
/// <c>run</c>: a command in a container of its own, made as the service's are. In the foreground its streams, signals and
/// exit code are ours.
/// </summary>
internal sealed class RunVerb : Verb
{
    private static readonly ListFlag CapAdd = new("cap-add", null, "Add Linux capabilities");
    private static readonly ListFlag CapDrop = new("cap-drop", null, "Drop Linux capabilities");
    private static readonly SwitchFlag Detach = new("detach", 'd', "Run container in background and print container ID");
    private static readonly TextFlag Entrypoint = new("entrypoint", null, "Override the entrypoint of the image");
    private static readonly ListFlag Env = new("env", 'e', "Set environment variables");
    private static readonly ListFlag EnvFromFile = new("env-from-file", null, "Set environment variables from file");
    private static readonly SwitchFlag Interactive = new("interactive", 'i', "Keep STDIN open even if not attached (default true)");
    private static readonly ListFlag Label = new("label", 'l', "Add or override a label");
    private static readonly TextFlag ContainerName = new("name", null, "Assign a name to the container");
    private static readonly SwitchFlag NoDeps = new("no-deps", null, "Don't start linked services");
    private static readonly SwitchFlag NoTty = new("no-tty", 'T', "Disable pseudo-TTY allocation (default: auto-detected)");
    private static readonly SwitchFlag NoTtyAsOfOld = new("no-TTY", null, "") { Hidden = true };
    private static readonly ListFlag Publish = new("publish", 'p', "Publish a container's port(s) to the host");
    private static readonly TextFlag Pull = new("pull", null, "Pull image before running (\"always\"|\"missing\"|\"never\")") { Choices = ["always", "missing", "never"] };
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Don't print anything to STDOUT");
    private static readonly SwitchFlag QuietPull = new("quiet-pull", null, "Pull without printing progress information");
    private static readonly SwitchFlag Remove = new("rm", null, "Automatically remove the container when it exits");
    private static readonly SwitchFlag RemoveOrphans = new("remove-orphans", null, "Remove containers for services not defined in the Compose file");
    private static readonly SwitchFlag ServicePorts = new("service-ports", 'P', "Run command with all service's ports enabled and mapped to the host");
    private static readonly SwitchFlag Tty = new("tty", 't', "Allocate a pseudo-TTY") { Hidden = true };
    private static readonly SwitchFlag UseAliases = new("use-aliases", null, "Use the service's network useAliases in the network(s) the container connects to");
    private static readonly TextFlag User = new("user", 'u', "Run as specified username or uid");
    private static readonly ListFlag Volume = new("volume", 'v', "Bind mount a volume");
    private static readonly TextFlag Workdir = new("workdir", 'w', "Working directory inside the container");

    public override string Name => "run";

    public override string Summary => "Run a one-off command on a service";

    public override string Operands => "SERVICE [COMMAND] [ARGS...]";

    public override IReadOnlyList<Flag> Flags =>
    [
        ImageFlags.Build, CapAdd, CapDrop, Detach, Entrypoint, Env, EnvFromFile, Interactive, Label, ContainerName, NoDeps, NoTty, NoTtyAsOfOld, Publish, Pull, Quiet, ImageFlags.QuietBuild, QuietPull,
        Remove, RemoveOrphans, ServicePorts, Tty, UseAliases, User, Volume, Workdir,
    ];

    public override bool Interspersed => false;

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        if (arguments.Has(ServicePorts) && arguments.Given(Publish))
        {
            throw new CommandFailedException("--service-ports and --publish are incompatible");
        }

        var tty = WantsTty(arguments, Console.IsInputRedirected, invocation.Output.Terminal.OutIsTerminal);
        var connecting = invocation.ConnectAsync();
        var service = invocation.Words[0];
        var stack = Stack.LoadToStart(invocation, [service]);
        new ProjectTarget(stack.Project.Name, stack).CheckServices([service]);
        var request = Request(invocation, stack, service, tty);
        using var supervisor = await connecting;
        var path = ControlRoutes.Run(stack.Project.Name);
        if (invocation.Global.IsDryRun)
        {
            return await invocation.ForetellAsync(supervisor, path, request, ControlJson.Default.RunRequest);
        }

        if (await ImageFlags.BuildAsync(invocation, supervisor, stack, request.Up with { Services = [service] }) is var built and not ExitCode.Success)
        {
            return built;
        }

        try
        {
            var code = await StartAsync(invocation, supervisor, path, request);
            if (code != ExitCode.Success)
            {
                if (arguments.Has(Remove))
                {
                    await RemovedAsync(supervisor, stack.Project.Name);
                }

                return ContainerEnd.OfFailedStart(invocation.Root, request.Name) ?? code;
            }
        }
        catch (OperationCanceledException) when (invocation.Interrupts.Raised)
        {
            await KillAsync(supervisor, stack.Project.Name, request.Name);
            throw;
        }

        var container = (await supervisor.GetAsync(
            ControlRoutes.Containers(stack.Project.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None)).FirstOrDefault(each => each.Name == request.Name);
        if (arguments.Has(Detach))
        {
            invocation.Output.Out.WriteLine(container?.Id ?? request.Name);
            return ExitCode.Success;
        }

        // Before anybody is attached, so before its end: see RunRequest.HoldOutput.
        using var end = new ContainerEnd(supervisor, stack.Project.Name, request.Name, invocation.Root);
        if (container is not null)
        {
            await AttachAsync(invocation, supervisor, container, tty);
        }

        var exitCode = await end.CodeAsync();
        if (arguments.Has(Remove))
        {
            await RemovedAsync(supervisor, stack.Project.Name);
        }

        return exitCode;
    }

    /// <exception cref="CommandFailedException">A terminal was asked for by name, and standard input is none.</exception>
    internal static bool WantsTty(ParsedArguments arguments, bool inputRedirected, bool outIsTerminal)
    {
        if (arguments.Has(NoTty) || arguments.Has(NoTtyAsOfOld) || (arguments.Given(Tty) && !arguments.Has(Tty)))
        {
            return false;
        }

        return arguments.Has(Tty)
            ? inputRedirected && !arguments.Has(Detach) ? throw new CommandFailedException("the input device is not a TTY") : true
            : !inputRedirected && outIsTerminal;
    }

    private static RunRequest Request(Invocation invocation, Stack stack, string service, bool tty)
    {
        var arguments = invocation.Arguments;
        var changes = new OneOffService
        {
            Command = [.. invocation.Words.Skip(1)],
            Entrypoint = arguments.Value(Entrypoint),
            Environment = arguments.Values(Env),
            EnvironmentFiles = arguments.Values(EnvFromFile),
            Labels = arguments.Values(Label),
            CapAdd = arguments.Values(CapAdd),
            CapDrop = arguments.Values(CapDrop),
            Volumes = arguments.Values(Volume),
            Publish = arguments.Values(Publish),
            ServicePorts = arguments.Has(ServicePorts),
            User = arguments.Value(User),
            WorkingDirectory = arguments.Value(Workdir),
            Tty = tty,
            Interactive = IsInteractive(arguments),
        };
        var model = changes.Apply(
            stack.Project, service, Directory.GetCurrentDirectory(), static path => File.Exists(path) ? File.ReadAllText(path) : null, Environment.GetEnvironmentVariable);
        return new RunRequest(
            new UpRequest(
                stack.Json,
                [],
                System.Collections.Immutable.ImmutableSortedDictionary<string, int>.Empty,
                RemoveOrphans: arguments.Given(RemoveOrphans) ? arguments.Has(RemoveOrphans) : stack.RemovesOrphans,
                NoDeps: arguments.Has(NoDeps),
                ConfigFiles: stack.Project.ComposeFiles,
                WorkingDirectory: stack.Project.WorkingDir)
            {
                Build = arguments.Has(ImageFlags.Build) ? true : null,
            },
            Stack.JsonOf(new Stack(model, default).WithPullPolicy(arguments.Value(Pull)).Project),
            service,
            arguments.Value(ContainerName) is { Length: > 0 } name ? name : $"{stack.Project.Name}-{service}-run-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}",
            arguments.Has(Remove),
            HoldOutput: !arguments.Has(Detach),
            UseAliases: arguments.Has(UseAliases));
    }

    private static bool IsInteractive(ParsedArguments arguments) => !arguments.Given(Interactive) || arguments.Has(Interactive);

    private static async Task<int> StartAsync(Invocation invocation, SupervisorConnection supervisor, string path, RunRequest request)
    {
        Outcome outcome;
        using (var display = invocation.Output.StartProgress())
        {
            outcome = await supervisor.PerformAsync(
                path, request, ControlJson.Default.RunRequest, progress => Report(invocation, display, progress), invocation.Interrupts.First);
        }

        return invocation.Conclude(outcome);
    }

    private static void Report(Invocation invocation, Rendering.IProgressRenderer display, Progress progress)
    {
        var quiet = invocation.Arguments.Has(Quiet) || (progress.Kind is "Image" or "Layer" && invocation.Arguments.Has(QuietPull));
        if (!quiet || progress.Failed)
        {
            display.Report(progress);
        }
    }

    private static async Task AttachAsync(Invocation invocation, SupervisorConnection supervisor, ContainerView container, bool tty)
    {
        using var session = AttachSession.TryOpen($"{invocation.Root.RuntimeRoot}/{container.Id}");
        if (session is null)
        {
            return;
        }

        invocation.Output.Out.Flush();
        using var signals = new SignalProxy(supervisor, container, invocation.Output.Error);
        await session.RunAsync(invocation.Output.OutStream, invocation.Output.ErrorStream, IsInteractive(invocation.Arguments), tty, keys: null);
    }

    /// <summary>
    /// Returns when the container is gone: its removal is in the project's queue before its end can be seen, and this question,
    /// which changes nothing, is answered behind it.
    /// </summary>
    private static Task RemovedAsync(SupervisorConnection supervisor, string project) => supervisor.PerformAsync(
        ControlRoutes.Remove(project) + "?dryRun=true", new RemoveContainersRequest([]), ControlJson.Default.RemoveContainersRequest, static _ => { }, CancellationToken.None);

    /// <summary>Interrupted while it was being started: nobody is going to attach, so it is not to run.</summary>
    private static Task KillAsync(SupervisorConnection supervisor, string project, string name) => supervisor.PerformAsync(
        ControlRoutes.Services(project, "kill"), new ServicesRequest([], Container: name), ControlJson.Default.ServicesRequest, static _ => { }, CancellationToken.None);
}
