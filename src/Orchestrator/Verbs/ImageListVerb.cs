using System.Text.Json;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image ls</c>: one line per reference, as <c>docker image ls</c> has it.</summary>
internal sealed class ImageListVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display image IDs");

    public override string Name => "image ls";

    public override string Summary => "List images";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [Format, NoTrunc, Quiet];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        using var supervisor = await invocation.ConnectAsync();
        var images = await supervisor.GetAsync(ControlRoutes.Images, ControlJson.Default.ImmutableArrayImageView, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var rows = images
            .SelectMany(image => image.References.DefaultIfEmpty("<none>:<none>"), (image, reference) => Row.Of(image, reference, !invocation.Arguments.Has(NoTrunc), now))
            .OrderBy(row => row.Repository, StringComparer.Ordinal).ThenBy(row => row.Tag, StringComparer.Ordinal).ToList();
        var output = invocation.Output.Out;
        if (invocation.Arguments.Has(Quiet))
        {
            foreach (var id in rows.Select(row => row.Id).Distinct())
            {
                output.WriteLine(id);
            }
        }
        else if (invocation.Arguments.Value(Format) == "json")
        {
            foreach (var row in rows)
            {
                JsonOutput.WriteLine(output, row, static (json, row) => row.Write(json));
            }
        }
        else
        {
            var table = new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
            foreach (var row in rows)
            {
                table.Add(row.Repository, row.Tag, row.Id, row.CreatedSince, row.Size);
            }

            table.Write(output);
        }

        return ExitCode.Success;
    }

    internal sealed record Row(string Repository, string Tag, string Id, string CreatedSince, string Size, ImageView Image)
    {
        public static Row Of(ImageView image, string reference, bool truncate, DateTimeOffset now)
        {
            var (repository, tag) = Split(reference);
            var id = truncate ? image.Id.Replace("sha256:", "", StringComparison.Ordinal)[..12] : image.Id;
            var created = image.CreatedAt is { } at && at > DateTimeOffset.UnixEpoch ? HumanDuration.Of(now - at) + " ago" : "N/A";
            return new Row(repository, tag, id, created, HumanSize.Of(image.Size, digits: 3), image);
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteString("Containers", Image.UsedBy.Length.ToString());
            json.WriteString("CreatedAt", Image.CreatedAt?.ToString("O"));
            json.WriteString("CreatedSince", CreatedSince);
            json.WriteString("ID", Id);
            json.WriteString("Repository", Repository);
            json.WriteString("Size", Size);
            json.WriteString("Tag", Tag);
        }

        /// <summary>The tag follows the last colon behind the last slash: a colon before it is a port.</summary>
        public static (string Repository, string Tag) Split(string reference)
        {
            var at = reference.IndexOf('@');
            if (at >= 0)
            {
                return (reference[..at], "<none>");
            }

            var colon = reference.LastIndexOf(':');
            return colon > reference.LastIndexOf('/') ? (reference[..colon], reference[(colon + 1)..]) : (reference, "latest");
        }
    }
}
