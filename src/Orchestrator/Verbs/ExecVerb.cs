using Devoxx.Native.Processes;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>
/// <c>exec</c>: asks the supervisor which container is meant, then becomes <c>devoxx-runtime exec</c>, which has the
/// terminal, the signals and the exit code to itself.
/// </summary>
internal sealed class ExecVerb : Verb
{
    private static readonly SwitchFlag Detach = new("detach", 'd', "Detached mode: Run command in the background");
    private static readonly ListFlag Env = new("env", 'e', "Set environment variables");
    private static readonly NumberFlag Index = new("index", null, "Index of the container if service has multiple replicas");
    private static readonly SwitchFlag Interactive = new("interactive", 'i', "Keep STDIN open even if not attached") { Hidden = true };
    private static readonly SwitchFlag NoTty = new("no-tty", 'T', "Disable pseudo-TTY allocation. By default one is allocated when standard input and output are terminals");
    private static readonly SwitchFlag NoTtyAsOfOld = new("no-TTY", null, "") { Hidden = true };
    private static readonly SwitchFlag Tty = new("tty", 't', "Allocate a pseudo-TTY") { Hidden = true };
    private static readonly TextFlag User = new("user", 'u', "Run the command as this user");
    private static readonly TextFlag Workdir = new("workdir", 'w', "Path to workdir directory for this command");

    public override string Name => "exec";

    public override string Summary => "Execute a command in a running container";

    public override string Operands => "SERVICE COMMAND [ARGS...]";

    public override IReadOnlyList<Flag> Flags => [Detach, Env, Index, Interactive, NoTty, NoTtyAsOfOld, Tty, User, Workdir];

    public override bool Interspersed => false;

    public override int LeastOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var tty = WantsTty(invocation.Arguments, Console.IsInputRedirected, invocation.Output.Terminal.OutIsTerminal);
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var container = Choose(containers, invocation.Words[0], invocation.Arguments.Value(Index));
        if (container.State == "paused")
        {
            throw new CommandFailedException($"container {container.Name} is paused; unpause it before executing a command in it");
        }

        invocation.Output.Out.Flush();
        Execve.Replace(RuntimePath.Find(), RuntimeArguments(invocation, container.Id, tty));
        return ExitCode.Failure;
    }

    /// <exception cref="CommandFailedException">A terminal was asked for by name, and standard input is none.</exception>
    internal static bool WantsTty(ParsedArguments arguments, bool inputRedirected, bool outIsTerminal)
    {
        if (arguments.Has(NoTty) || arguments.Has(NoTtyAsOfOld) || arguments.Has(Detach))
        {
            return false;
        }

        return arguments.Has(Tty)
            ? inputRedirected ? throw new CommandFailedException("the input device is not a TTY") : true
            : !inputRedirected && outIsTerminal;
    }

    /// <exception cref="CommandFailedException">It is not there, or does not run.</exception>
    internal static ContainerView Choose(IReadOnlyList<ContainerView> containers, string service, int? index) =>
        containers.Where(container => container.Service == service && (container.State is "running" or "paused"))
            .Where(container => index is null or 0 || container.Number == index)
            .OrderBy(container => container.IsOneOff).ThenBy(container => container.Number).FirstOrDefault()
        ?? throw new CommandFailedException(index is null or 0
            ? $"service \"{service}\" is not running"
            : $"service \"{service}\" is not running container #{index}");

    private static List<string> RuntimeArguments(Invocation invocation, string container, bool tty)
    {
        var arguments = invocation.Arguments;
        List<string> words = ["devoxx-runtime", "exec", "--shell-exit-codes", "--root", invocation.Root.RuntimeRoot];
        if (tty)
        {
            words.Add("--tty");
        }

        if (arguments.Has(Detach))
        {
            words.Add("--detach");
        }

        foreach (var variable in arguments.Values(Env))
        {
            // A name alone passes on this process's own value, or nothing if it has none.
            var value = variable.Contains('=') ? variable
                : Environment.GetEnvironmentVariable(variable) is { } own ? $"{variable}={own}" : null;
            if (value is not null)
            {
                words.AddRange(["--env", value]);
            }
        }

        if (arguments.Value(User) is { Length: > 0 } user)
        {
            words.AddRange(["--user", user]);
        }

        if (arguments.Value(Workdir) is { Length: > 0 } directory)
        {
            words.AddRange(["--cwd", directory]);
        }

        words.AddRange([container, "--", .. invocation.Words.Skip(1)]);
        return words;
    }
}
