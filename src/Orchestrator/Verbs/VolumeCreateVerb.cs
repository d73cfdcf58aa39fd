using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>volume create</c>: one that stacks use as <c>external</c>. Prints its name.</summary>
internal sealed class VolumeCreateVerb : Verb
{
    private static readonly TextFlag Driver = new("driver", 'd', "The volume's driver: local");
    private static readonly ListFlag Label = new("label", null, "Set metadata for a volume, KEY=VALUE");
    private static readonly ListFlag Option = new("opt", 'o', "Set driver options: type, device and o, as in mount(8)");

    public override string Name => "volume create";

    public override string Summary => "Create a volume that belongs to no project";

    public override string Operands => "[VOLUME]";

    public override IReadOnlyList<Flag> Flags => [Driver, Label, Option];

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var request = new CreateVolumeRequest(
            invocation.Words.Count == 0 ? null : invocation.Words[0], arguments.Value(Driver), KeyValues.Of(arguments, Option), KeyValues.Of(arguments, Label));
        using var supervisor = await invocation.ConnectAsync();
        return await invocation.CreateAsync(supervisor, ControlRoutes.VolumeCreate, request, ControlJson.Default.CreateVolumeRequest, static progress => progress.Name);
    }
}
