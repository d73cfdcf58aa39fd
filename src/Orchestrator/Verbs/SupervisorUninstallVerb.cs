using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Systemd;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>supervisor uninstall</c>: what <c>supervisor install</c> has made goes; containers run on.</summary>
internal sealed class SupervisorUninstallVerb : Verb
{
    public override string Name => "supervisor uninstall";

    public override string Summary => "Remove the systemd unit of the supervisor";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [SupervisorInstallVerb.InstallRoot];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var files = SupervisorInstallVerb.FilesOf(invocation);
        var output = invocation.Output.Out;
        if (!files.IsInstalled && !files.IsEnabled)
        {
            throw new CommandFailedException($"there is no {files.UnitPath}");
        }

        if (invocation.Global.IsDryRun)
        {
            output.WriteLine($"would remove {files.LinkPath} and {files.UnitPath}");
            return ExitCode.Success;
        }

        if (!Environment.IsPrivilegedProcess && files.InstallRoot == "/")
        {
            throw SupervisorLauncher.NotRoot();
        }

        using var systemd = files.InstallRoot == "/" ? await Systemctl.TryConnectAsync(invocation.Interrupts.First) : null;
        if (systemd is not null)
        {
            await systemd.StopAsync(files.Unit.Name, invocation.Interrupts.First);
        }

        files.Uninstall();
        output.WriteLine($"Removed {files.LinkPath}");
        output.WriteLine($"Removed {files.UnitPath}");
        if (systemd is not null)
        {
            await systemd.ReloadAsync(invocation.Interrupts.First);
        }

        return ExitCode.Success;
    }
}
