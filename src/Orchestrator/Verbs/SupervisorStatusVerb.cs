using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>supervisor status</c>: whether one runs, and whether one will after the next boot. Starts none.</summary>
internal sealed class SupervisorStatusVerb : Verb
{
    public override string Name => "supervisor status";

    public override string Summary => "Tell whether the supervisor runs, and whether systemd starts it at boot";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [SupervisorInstallVerb.InstallRoot];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var files = SupervisorInstallVerb.FilesOf(invocation);
        var output = invocation.Output.Out;
        using var running = SupervisorConnection.OpenExisting(invocation.Root);
        if (running is null)
        {
            output.WriteLine($"No supervisor runs for {invocation.Root.Path}; the next command starts one.");
        }
        else
        {
            var version = await running.GetAsync(ControlRoutes.Version, ControlJson.Default.VersionView, invocation.Interrupts.First);
            output.WriteLine($"The supervisor of {version.Root} runs: pid {version.Pid}, version {version.Version}, up {HumanDuration.Of(DateTimeOffset.UtcNow - version.StartedAt)}.");
        }

        output.WriteLine((files.IsInstalled, files.IsEnabled, files.IsCurrent) switch
        {
            (false, _, _) => "systemd does not start it at boot: `devoxx-compose supervisor install` has it do so.",
            (_, false, _) => $"{files.UnitPath} is there, but not enabled: `devoxx-compose supervisor install` enables it.",
            (_, _, false) => $"systemd starts it at boot, by a {files.UnitPath} that is not what this version would write; `devoxx-compose supervisor install` writes it anew.",
            _ => $"systemd starts it at boot: {files.UnitPath}.",
        });
        return ExitCode.Success;
    }
}
