using System.Globalization;
using System.Text.Json;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>image ls</c>: one line per reference, as <c>docker image ls</c> has it.</summary>
internal sealed class ImageListVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Show also the images of other platforms that a name stands for");
    private static readonly SwitchFlag Digests = new("digests", null, "Show digests");
    private static readonly ListFlag Filter = new("filter", 'f', "Filter output: reference=PATTERN, label=NAME[=VALUE], before=IMAGE, since=IMAGE, until=TIME, dangling=true|false");
    private static readonly TextFlag Format = new("format", null, "Format output: table, json, or a template: '{{.Repository}}:{{.Tag}}', 'table {{.ID}}\\t{{.Size}}'");
    private static readonly SwitchFlag NoTrunc = new("no-trunc", null, "Don't truncate output");
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display image IDs");

    public override string Name => "image ls";

    public override string Summary => "List images";

    public override string Operands => "[REPOSITORY[:TAG]]";

    public override IReadOnlyList<Flag> Flags => [All, Digests, Filter, Format, NoTrunc, Quiet];

    public override int MostOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var template = arguments.Value(Format) is { Length: > 0 } format and not ("table" or "json") ? Template.Parse(format) : null;
        using var supervisor = await invocation.ConnectAsync();
        var filters = arguments.Values(Filter).Concat(invocation.Words.Select(word => "reference=" + word)).Select(filter => "filter=" + Uri.EscapeDataString(filter)).ToList();
        var images = await supervisor.GetAsync(
            ControlRoutes.Images + (filters.Count > 0 ? "?" + string.Join('&', filters) : ""), ControlJson.Default.ImmutableArrayImageView, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var rows = images
            .Where(image => !image.IsPart || arguments.Has(All))
            .SelectMany(image => image.References.DefaultIfEmpty("<none>:<none>"), (image, reference) => Row.Of(image, reference, !arguments.Has(NoTrunc), now))
            .OrderBy(row => row.Repository, StringComparer.Ordinal).ThenBy(row => row.Tag, StringComparer.Ordinal).ToList();
        Write(invocation.Output.Out, arguments, template, rows);
        return ExitCode.Success;
    }

    private static void Write(TextWriter output, ParsedArguments arguments, Template? template, List<Row> rows)
    {
        if (arguments.Has(Quiet))
        {
            foreach (var id in rows.Select(row => row.Id).Distinct())
            {
                output.WriteLine(id);
            }
        }
        else if (arguments.Value(Format) == "json")
        {
            foreach (var row in rows)
            {
                JsonOutput.WriteLine(output, row, static (json, row) => row.Write(json));
            }
        }
        else if (template is not null)
        {
            template.Write(output, rows, static (row, field) => row.Field(field), Row.Heading);
        }
        else
        {
            string[] columns = arguments.Has(Digests) ? ["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"] : ["Repository", "Tag", "ID", "CreatedSince", "Size"];
            var table = new Table([.. columns.Select(Row.Heading)]);
            rows.ForEach(row => table.Add([.. columns.Select(column => row.Field(column)!)]));
            table.Write(output);
        }
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

        /// <summary>A field by its name in a template of docker's; null when there is none of that name.</summary>
        public string? Field(string name) => name switch
        {
            "Containers" => Image.UsedBy.Length.ToString(CultureInfo.InvariantCulture),
            "CreatedAt" => Image.CreatedAt is { } at ? at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture) : "N/A",
            "CreatedSince" => CreatedSince,
            "Digest" => Image.Digests.IsDefaultOrEmpty ? "<none>" : (Image.Digests.FirstOrDefault(digest => digest.StartsWith(Repository + "@", StringComparison.Ordinal)) ?? "@<none>").Split('@')[1],
            "ID" => Id,
            "Platform" => string.Join(',', Image.Platforms.DefaultIfEmpty(Image.Platform ?? "")),
            "Repository" => Repository,
            "SharedSize" or "UniqueSize" => "N/A",
            "Size" or "VirtualSize" => Size,
            "Tag" => Tag,
            _ => null,
        };

        public static string Heading(string field) => field switch
        {
            "ID" => "IMAGE ID",
            "CreatedSince" => "CREATED",
            "CreatedAt" => "CREATED AT",
            _ => field.ToUpperInvariant(),
        };

        public void Write(Utf8JsonWriter json)
        {
            foreach (var name in (string[])["Containers", "CreatedAt", "CreatedSince", "Digest", "ID", "Platform", "Repository", "SharedSize", "Size", "Tag", "UniqueSize", "VirtualSize"])
            {
                json.WriteString(name, Field(name));
            }
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
