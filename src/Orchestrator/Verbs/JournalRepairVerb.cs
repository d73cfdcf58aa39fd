using Devoxx.Native.Files;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>journal repair</c>: a sound journal out of what can be read of a damaged one; containers run on meanwhile.</summary>
internal sealed class JournalRepairVerb : Verb
{
    private static readonly SwitchFlag EvenEmpty = new("even-empty", null, "Start with an empty journal if nothing can be read: containers that run are then nobody's, and are removed");

    public override string Name => "journal repair";

    public override string Summary => "Make a sound journal of what can be read of a damaged one, while no supervisor runs";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [EvenEmpty];

    public override int MostOperands => 0;

    public override Task<int> RunAsync(Invocation invocation)
    {
        Directory.CreateDirectory(invocation.Root.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var only = FileLock.TryAcquire(invocation.Root.LockPath)
            ?? throw new CommandFailedException(
                $"a supervisor runs on {invocation.Root.Path}: end it first, with SIGTERM to the process in {invocation.Root.PidPath} (containers run on)");
        var report = JournalRepair.Run(invocation.Root.JournalPath, DateTimeOffset.UtcNow, invocation.Arguments.Has(EvenEmpty));
        var output = invocation.Output.Out;
        foreach (var note in report.Notes)
        {
            output.WriteLine(note);
        }

        if (report.IsReplaced)
        {
            output.WriteLine($"{report.Kept} events kept; the damaged journal is now {report.Damaged}");
        }

        return Task.FromResult(report.IsReplaced ? ExitCode.Success : ExitCode.Failure);
    }
}
