using Devoxx.Supervisor;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>journal check</c>: reads the journal from end to end; exit code 1 when something is wrong with it.</summary>
internal sealed class JournalCheckVerb : Verb
{
    public override string Name => "journal check";

    public override string Summary => "Check the journal, while a supervisor runs or none";

    public override string Operands => "";

    public override int MostOperands => 0;

    public override Task<int> RunAsync(Invocation invocation)
    {
        var report = JournalCheck.Run(invocation.Root.JournalPath, EventCatalog.Types);
        var output = invocation.Output.Out;
        output.WriteLine(report.Oldest is { } oldest && report.Newest is { } newest
            ? $"{report.Path}: {report.Events} events of {report.Actors} actors from {oldest:yyyy-MM-dd'T'HH:mm:ss'Z'} to {newest:yyyy-MM-dd'T'HH:mm:ss'Z'}, {report.Snapshots} snapshots, {report.Size} bytes"
            : $"{report.Path}: no events, {report.Size} bytes");
        foreach (var finding in report.Findings)
        {
            output.WriteLine(finding);
        }

        output.WriteLine(report.IsSound ? "sound" : "not sound: 'devoxx-compose journal repair' saves what can be read");
        return Task.FromResult(report.IsSound ? ExitCode.Success : ExitCode.Failure);
    }
}
