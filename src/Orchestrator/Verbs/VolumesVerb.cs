using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>volumes</c>: those of one project, or those that services of it use.</summary>
internal sealed class VolumesVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format output using a custom template: table, json, or '{{.Name}}'");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display volume names");

    public override string Name => "volumes";

    public override string Summary => "List volumes";

    public override IReadOnlyList<Flag> Flags => [Format, Quiet];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var used = invocation.Words.Count == 0 ? null : (await supervisor.GetAsync(
                ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None))
            .Where(container => invocation.Words.Contains(container.Service)).SelectMany(container => container.Mounts).ToHashSet();
        var volumes = (await supervisor.GetAsync(ControlRoutes.Volumes, ControlJson.Default.ImmutableArrayVolumeView, CancellationToken.None))
            .Where(volume => volume.Project == target.Name && (used is null || used.Contains(volume.Name)))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        VolumeList.Write(invocation.Output.Out, volumes, invocation.Arguments.Has(Quiet), invocation.Arguments.Value(Format));
        return ExitCode.Success;
    }
}
