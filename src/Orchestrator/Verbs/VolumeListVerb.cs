using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

internal sealed class VolumeListVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format output using a custom template: table, json, or '{{.Name}}'");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display volume names");

    public override string Name => "volume ls";

    public override string Summary => "List volumes";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Format, Quiet];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var volumes = (await supervisor.GetAsync(ControlRoutes.Volumes, ControlJson.Default.ImmutableArrayVolumeView, CancellationToken.None))
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);
        VolumeList.Write(invocation.Output.Out, volumes, invocation.Arguments.Has(Quiet), invocation.Arguments.Value(Format));
        return ExitCode.Success;
    }
}
