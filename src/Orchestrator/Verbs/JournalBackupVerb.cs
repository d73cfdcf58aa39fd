using Devoxx.Supervisor.Journal;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>journal backup FILE</c>: a copy as of one moment, which may take the journal's place while no supervisor runs.</summary>
internal sealed class JournalBackupVerb : Verb
{
    public override string Name => "journal backup";

    public override string Summary => "Copy the journal to a file, while a supervisor runs or none";

    public override string Operands => "FILE";

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override Task<int> RunAsync(Invocation invocation)
    {
        JournalBackup.Run(invocation.Root.JournalPath, invocation.Words[0]);
        return Task.FromResult(ExitCode.Success);
    }
}
