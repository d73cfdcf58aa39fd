using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image history</c>: how an image came about, newest step first.</summary>
internal sealed class ImageHistoryVerb : Verb
{
    private const int ShortCommand = 60;

    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");

    public override string Name => "image history";

    public override string Summary => "Show how an image was made, newest step first";

    public override string Operands => "IMAGE";

    public override IReadOnlyList<Flag> Flags => [Format, NoTrunc];

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var steps = await supervisor.GetAsync(
            $"{ControlRoutes.ImageHistory}?image={Uri.EscapeDataString(invocation.Words[0])}", ControlJson.Default.ImmutableArrayImageStepView, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var output = invocation.Output.Out;
        if (invocation.Arguments.Value(Format) == "json")
        {
            foreach (var step in steps)
            {
                JsonOutput.WriteLine(output, step, static (json, step) =>
                {
                    json.WriteString("Comment", step.Comment);
                    json.WriteString("CreatedAt", step.CreatedAt?.ToString("O"));
                    json.WriteString("CreatedBy", step.CreatedBy);
                    json.WriteNumber("Size", step.Size);
                });
            }

            return ExitCode.Success;
        }

        var table = new Table("CREATED", "CREATED BY", "SIZE", "COMMENT");
        foreach (var step in steps)
        {
            var command = step.CreatedBy.ReplaceLineEndings(" ");
            table.Add(
                step.CreatedAt is { } at && at > DateTimeOffset.UnixEpoch ? HumanDuration.Of(now - at) + " ago" : "N/A",
                command.Length > ShortCommand && !invocation.Arguments.Has(NoTrunc) ? command[..(ShortCommand - 1)] + "…" : command,
                HumanSize.Of(step.Size, digits: 3),
                step.Comment);
        }

        table.Write(output);
        return ExitCode.Success;
    }
}
