using System.Globalization;
using System.Text.Json;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image history</c>: how an image came about, newest step first.</summary>
internal sealed class ImageHistoryVerb : Verb
{
    private const int ShortCommand = 60;

    private static readonly TextFlag Format = new("format", null, "Format output: table, json, or a template: '{{.CreatedBy}}'");
    private static readonly SwitchFlag Human = new("human", 'H', "Print sizes and dates in human readable format (default true)");
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only show image IDs");

    public override string Name => "image history";

    public override string Summary => "Show how an image was made, newest step first";

    public override string Operands => "IMAGE";

    public override IReadOnlyList<Flag> Flags => [Format, Human, NoTrunc, Quiet];

    public override int LeastOperands => 1;

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var template = arguments.Value(Format) is { Length: > 0 } format and not ("table" or "json") ? Template.Parse(format) : null;
        using var supervisor = await invocation.ConnectAsync();
        var name = Uri.EscapeDataString(invocation.Words[0]);
        var steps = await supervisor.GetAsync($"{ControlRoutes.ImageHistory}?image={name}", ControlJson.Default.ImmutableArrayImageStepView, CancellationToken.None);
        var image = await supervisor.GetAsync($"{ControlRoutes.ImageInspect}?image={name}", ControlJson.Default.ImageDetails, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var (truncate, human) = (!arguments.Has(NoTrunc), !arguments.Given(Human) || arguments.Has(Human));

        // Only what the last step made is an image here; the others are layers.
        var rows = steps.Select((step, i) => new Row(step, i == 0 ? truncate ? image.Id[7..19] : image.Id : "<missing>", truncate, human, now)).ToList();
        var output = invocation.Output.Out;
        if (arguments.Has(Quiet))
        {
            rows.ForEach(row => output.WriteLine(row.Id));
        }
        else if (arguments.Value(Format) == "json")
        {
            rows.ForEach(row => JsonOutput.WriteLine(output, row, static (json, row) => row.Write(json)));
        }
        else
        {
            (template ?? Template.Parse("table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}")).Write(output, rows, static (row, field) => row.Field(field), Heading);
        }

        return ExitCode.Success;
    }

    private static string Heading(string field) => field switch
    {
        "ID" => "IMAGE",
        "CreatedSince" => "CREATED",
        "CreatedAt" => "CREATED AT",
        "CreatedBy" => "CREATED BY",
        _ => field.ToUpperInvariant(),
    };

    private sealed record Row(ImageStepView Step, string Id, bool Truncate, bool Human, DateTimeOffset Now)
    {
        public string? Field(string name) => name switch
        {
            "ID" => Id,
            "CreatedSince" => Step.CreatedAt is { } at && at > DateTimeOffset.UnixEpoch ? Human ? HumanDuration.Of(Now - at) + " ago" : Text(at) : "N/A",
            "CreatedAt" => Step.CreatedAt is { } at ? Text(at) : "N/A",
            "CreatedBy" => Command,
            "Size" => Human ? HumanSize.Of(Step.Size, digits: 3) : Step.Size.ToString(CultureInfo.InvariantCulture),
            "Comment" => Step.Comment,
            _ => null,
        };

        public void Write(Utf8JsonWriter json)
        {
            foreach (var name in (string[])["Comment", "CreatedAt", "CreatedBy", "CreatedSince", "ID", "Size"])
            {
                json.WriteString(name, Field(name));
            }
        }

        /// <summary>On one line, tabs included: they would be columns.</summary>
        private string Command
        {
            get
            {
                var command = Step.CreatedBy.ReplaceLineEndings(" ").Replace('\t', ' ');
                return Truncate && command.Length > ShortCommand ? command[..(ShortCommand - 1)] + "…" : command;
            }
        }

        private static string Text(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
