using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>commit</c>: an image of what a container has changed in its own. Its id is all that goes to standard output.</summary>
internal sealed class CommitVerb : Verb
{
    private static readonly TextFlag Author = new("author", 'a', "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")");
    private static readonly ListFlag Change = new("change", 'c', "Apply Dockerfile instruction to the created image");
    private static readonly NumberFlag Index = new("index", null, "index of the container if service has multiple replicas");
    private static readonly TextFlag Message = new("message", 'm', "Commit message");
    private static readonly SwitchFlag Pause = new("pause", 'p', "Pause container during commit (default true)");

    public override string Name => "commit";

    public override string Summary => "Create a new image from a service container's changes";

    public override string Operands => "SERVICE [REPOSITORY[:TAG]]";

    public override IReadOnlyList<Flag> Flags => [Author, Change, Index, Message, Pause];

    public override int LeastOperands => 1;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices([invocation.Words[0]]);
        using var supervisor = await connecting;
        var container = CopyVerb.Choose(
            await supervisor.GetAsync(ControlRoutes.Files(target.Name), ControlJson.Default.ImmutableArrayContainerFilesView, CancellationToken.None),
            invocation.Words[0], arguments.Value(Index), all: false)[0];
        var request = new CommitRequest(
            container.Id, invocation.Words.ElementAtOrDefault(1), arguments.Value(Author), arguments.Value(Message), [.. arguments.Values(Change)], !arguments.Given(Pause) || arguments.Has(Pause));
        string? id = null;
        var code = await invocation.ShowAsync("Committing", report => supervisor.PerformAsync(
            ControlRoutes.Commit(target.Name),
            request,
            ControlJson.Default.CommitRequest,
            progress =>
            {
                id = progress.Done ? progress.Detail : id;
                report(progress);
            },
            invocation.Interrupts.First));
        if (code == ExitCode.Success && id is not null)
        {
            invocation.Output.Out.WriteLine(id);
        }

        return code;
    }
}
