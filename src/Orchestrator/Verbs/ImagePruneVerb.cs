using Devoxx.Orchestrator.Arguments;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image prune</c>. It asks nothing: what no container was made from and has no name is of no use to anybody.</summary>
internal sealed class ImagePruneVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Remove all images that no container was made from, not just those without a name");
    private static readonly ListFlag Filter = new("filter", null, "Remove only these: until=TIME (e.g. 24h), label=NAME[=VALUE], label!=NAME[=VALUE]");
    private static readonly SwitchFlag Force = new("force", 'f', "Accepted for scripts that were written for docker; there is no question to skip");

    public override string Name => "image prune";

    public override string Summary => "Remove unused images, and what interrupted pulls have left";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [All, Filter, Force];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var query = string.Concat(invocation.Arguments.Values(Filter).Select(filter => "&filter=" + Uri.EscapeDataString(filter)));
        return await invocation.ShowAsync("Removing", report => supervisor.UploadAsync(
            $"{ControlRoutes.ImagePrune}?all={(invocation.Arguments.Has(All) ? "true" : "false")}{query}", Stream.Null, report, invocation.Interrupts.First));
    }
}
