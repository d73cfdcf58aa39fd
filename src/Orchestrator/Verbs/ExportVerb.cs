using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Copying;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>export</c>: a container's filesystem as a tar, running or not, without what is mounted in it.</summary>
internal sealed class ExportVerb : Verb
{
    private static readonly NumberFlag Index = new("index", null, "index of the container if service has multiple replicas");
    private static readonly TextFlag Output = new("output", 'o', "Write to a file, instead of STDOUT");

    public override string Name => "export";

    public override string Summary => "Export a service container's filesystem as a tar archive";

    public override string Operands => "SERVICE";

    public override IReadOnlyList<Flag> Flags => [Index, Output];

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var path = invocation.Arguments.Value(Output);
        if (path is null && !Console.IsOutputRedirected)
        {
            throw new CommandFailedException("an archive is nothing for a terminal: use -o FILE, or redirect standard output");
        }

        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var container = CopyVerb.Choose(
            await supervisor.GetAsync(ControlRoutes.Files(target.Name), ControlJson.Default.ImmutableArrayContainerFilesView, CancellationToken.None),
            invocation.Words[0], invocation.Arguments.Value(Index), all: false)[0];
        var cancellation = invocation.Interrupts.First;
        await Task.Run(
            () =>
            {
                if (path is null)
                {
                    invocation.Output.Out.Flush();
                    Write(container, invocation.Output.OutStream, cancellation);
                }
                else
                {
                    ArchiveOutput.Write(path, output => Write(container, output, cancellation));
                }
            },
            CancellationToken.None);
        return ExitCode.Success;
    }

    private static void Write(ContainerFilesView container, Stream output, CancellationToken cancellation)
    {
        using var buffered = new BufferedStream(output, 128 << 10);
        ContainerCopy.Export(container, buffered, cancellation);
    }
}
