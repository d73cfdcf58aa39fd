using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Copying;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>cp</c>: between the host and containers, running or not. The copying is done here, not in the supervisor: a container can make it hang, and it can be interrupted.</summary>
internal sealed class CopyVerb : Verb
{
    private static readonly SwitchFlag All = new("all", null, "Include containers created by the run command");
    private static readonly SwitchFlag Archive = new("archive", 'a', "Archive mode (copy all uid/gid information)");
    private static readonly SwitchFlag FollowLink = new("follow-link", 'L', "Always follow symbol link in SRC_PATH");
    private static readonly NumberFlag Index = new("index", null, "Index of the container if service has multiple replicas");

    public override string Name => "cp";

    public override string Summary => "Copy files/folders between a service container and the local filesystem";

    public override string Operands => "SERVICE:SRC_PATH DEST_PATH|-  or  SRC_PATH|- SERVICE:DEST_PATH";

    public override IReadOnlyList<Flag> Flags => [All, Archive, FollowLink, Index];

    public override int LeastOperands => 2;

    public override int MostOperands => 2;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var (from, to) = (CopyOperand.Parse(invocation.Words[0]), CopyOperand.Parse(invocation.Words[1]));
        if (from.Service is null == to.Service is null)
        {
            throw new CommandFailedException(from.Service is null ? "unknown copy direction: one of the two is SERVICE:PATH" : "copying between services is not supported");
        }

        if (to.IsStream && Console.IsOutputRedirected is false)
        {
            throw new CommandFailedException("an archive is nothing for a terminal: redirect standard output");
        }

        var service = from.Service ?? to.Service!;
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices([service]);
        using var supervisor = await connecting;
        var containers = Choose(
            await supervisor.GetAsync(ControlRoutes.Files(target.Name), ControlJson.Default.ImmutableArrayContainerFilesView, CancellationToken.None),
            service, invocation.Arguments.Value(Index), all: to.Service is not null);
        await Task.Run(() => Copy(invocation, from, to, containers), CancellationToken.None);
        return ExitCode.Success;
    }

    /// <summary>Into all replicas, out of the first; or the one of the index.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    internal static List<ContainerFilesView> Choose(IReadOnlyList<ContainerFilesView> containers, string service, int? index, bool all)
    {
        var found = containers.Where(container => container.Service == service && (index is null or 0 || container.Number == index)).OrderBy(container => container.Number).ToList();
        return found.Count == 0
            ? throw new CommandFailedException(index is null or 0 ? $"no container found for service \"{service}\"" : $"service \"{service}\" has no container #{index}")
            : all || found.Count == 1 ? found : [found[0]];
    }

    private static void Copy(Invocation invocation, CopyOperand from, CopyOperand to, List<ContainerFilesView> containers)
    {
        var arguments = invocation.Arguments;
        var options = new CopyOptions(arguments.Has(Archive), arguments.Has(FollowLink), invocation.Output.Warn);
        var here = Directory.GetCurrentDirectory();
        var cancellation = invocation.Interrupts.First;
        if (to.IsStream)
        {
            invocation.Output.Out.Flush();
            using var output = new BufferedStream(invocation.Output.OutStream, 128 << 10);
            ContainerCopy.ToArchive(containers[0], CopyPath.Parse(from.Path, "/"), output, options, cancellation);
            return;
        }

        // Made once for all: an archive on standard input can be read once only.
        using var input = from.IsStream ? ReplicatedInput.Open(containers.Count) : null;
        using var progress = invocation.Output.StartProgress("Copying");
        foreach (var container in containers)
        {
            var what = $"{invocation.Words[0]} to {invocation.Words[1]}";
            progress.Report(new Progress("Container", container.Name, "Copying", what));
            if (input is not null)
            {
                ContainerCopy.FromArchive(container, input.Next(), CopyPath.Parse(to.Path, "/"), options, cancellation);
            }
            else if (to.Service is not null)
            {
                ContainerCopy.In(container, CopyPath.Parse(from.Path, here), CopyPath.Parse(to.Path, "/"), options, cancellation);
            }
            else
            {
                ContainerCopy.Out(container, CopyPath.Parse(from.Path, "/"), CopyPath.Parse(to.Path, here), options, cancellation);
            }

            progress.Report(new Progress("Container", container.Name, "Copied", what, Done: true));
        }
    }
}
