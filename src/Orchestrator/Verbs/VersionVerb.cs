using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>version</c>, and <c>--version</c> before any verb.</summary>
internal sealed class VersionVerb : Verb
{
    /// <summary>The global form.</summary>
    public static readonly SwitchFlag Flag = new("version", 'v', "Show the version");

    private static readonly TextFlag Format = new("format", 'f', "Format the output (pretty, json)") { Choices = ["pretty", "json"] };
    private static readonly SwitchFlag Short = new("short", null, "Shows only the version number");

    public override string Name => "version";

    public override string Summary => "Show the version information";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Format, Short];

    public override int MostOperands => 0;

    public static int Print(CommandOutput output, string? format)
    {
        output.Out.WriteLine(format switch
        {
            "json" => $"{{\"version\":\"{SupervisorVersion.Text}\"}}",
            "short" => SupervisorVersion.Text,
            _ => $"Devoxx Compose version {SupervisorVersion.Text}",
        });
        return ExitCode.Success;
    }

    public override Task<int> RunAsync(Invocation invocation) => Task.FromResult(
        Print(invocation.Output, invocation.Arguments.Has(Short) ? "short" : invocation.Arguments.Value(Format)));
}
