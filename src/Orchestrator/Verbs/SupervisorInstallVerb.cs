using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Systemd;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>supervisor install</c>: a systemd unit for the state root's supervisor, enabled and, if systemd runs, started.</summary>
internal sealed class SupervisorInstallVerb : Verb
{
    internal static readonly TextFlag InstallRoot = new("install-root", null, "Install into the file system below this directory, such as a mounted image (default \"/\")");

    public override string Name => "supervisor install";

    public override string Summary => "Have systemd start the supervisor at boot, so that stacks come back";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [InstallRoot];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var files = FilesOf(invocation);
        var output = invocation.Output.Out;
        if (invocation.Global.IsDryRun)
        {
            output.WriteLine($"would write {files.UnitPath}:");
            output.Write(files.Unit.Text());
            output.WriteLine($"would link {files.LinkPath} to {files.Unit.Path}");
            return ExitCode.Success;
        }

        if (!Environment.IsPrivilegedProcess && files.InstallRoot == "/")
        {
            throw SupervisorLauncher.NotRoot();
        }

        files.Install();
        output.WriteLine($"Created {files.UnitPath}");
        output.WriteLine($"Created symlink {files.LinkPath} → {files.Unit.Path}");
        if (files.InstallRoot != "/")
        {
            return ExitCode.Success;
        }

        using var systemd = await Systemctl.TryConnectAsync(invocation.Interrupts.First);
        if (systemd is null)
        {
            output.WriteLine($"systemd does not run here. Where it does: systemctl daemon-reload && systemctl start {files.Unit.Name}");
            return ExitCode.Success;
        }

        await systemd.ReloadAsync(invocation.Interrupts.First);

        // One that a command has started makes way; containers run on, and the new one takes them over.
        using (var running = SupervisorConnection.OpenExisting(invocation.Root))
        {
            if (running is not null)
            {
                await running.ShutDownAsync(invocation.Interrupts.First);
            }
        }

        if (await systemd.StartAsync(files.Unit.Name, invocation.Interrupts.First) is not "done" and var result)
        {
            throw new CommandFailedException($"systemd did not start {files.Unit.Name} ({result}): see `systemctl status {files.Unit.Name}` and `journalctl -u {files.Unit.Name}`");
        }

        output.WriteLine($"Started {files.Unit.Name}");
        return ExitCode.Success;
    }

    internal static SystemdFiles FilesOf(Invocation invocation) => new(
        new SystemdUnit(
            Environment.ProcessPath!,
            invocation.Root,
            Environment.GetEnvironmentVariable(RuntimePath.Variable) is { Length: > 0 } ? RuntimePath.Find() : null),
        invocation.Arguments.Value(InstallRoot) is { Length: > 0 } root ? Path.GetFullPath(root) : "/");
}
