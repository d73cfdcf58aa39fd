using System.Text.Json;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>images</c>: what the containers of the project were made from.</summary>
internal sealed class ImagesVerb : Verb
{
    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display IDs");

    public override string Name => "images";

    public override string Summary => "List images used by the created containers";

    public override IReadOnlyList<Flag> Flags => [Format, Quiet];

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var connecting = invocation.ConnectAsync();
        var target = ProjectTarget.Find(invocation);
        target.CheckServices(invocation.Words);
        using var supervisor = await connecting;
        var containers = await supervisor.GetAsync(ControlRoutes.Containers(target.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        var images = (await supervisor.GetAsync(ControlRoutes.Images, ControlJson.Default.ImmutableArrayImageView, CancellationToken.None)).ToDictionary(image => image.Id);
        var rows = containers
            .Where(container => invocation.Words.Count == 0 || invocation.Words.Contains(container.Service))
            .OrderBy(container => container.Name, StringComparer.Ordinal)
            .Select(container => new Row(container, images.GetValueOrDefault(container.ImageId))).ToList();
        Write(invocation.Output.Out, invocation.Arguments, rows);
        return ExitCode.Success;
    }

    private static void Write(TextWriter output, ParsedArguments arguments, List<Row> rows)
    {
        if (arguments.Has(Quiet))
        {
            foreach (var id in rows.Select(row => row.Id).Distinct())
            {
                output.WriteLine(id);
            }

            return;
        }

        if (arguments.Value(Format) == "json")
        {
            JsonOutput.WriteArray(output, rows, static (json, row) => row.Write(json));
            return;
        }

        var now = DateTimeOffset.UtcNow;
        var table = new Table("CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED");
        foreach (var row in rows)
        {
            table.Add(row.Container.Name, row.Repository, row.Tag, row.Image?.Platform ?? "", row.Id[..12], HumanSize.Of(row.Image?.Size ?? 0, digits: 3), row.CreatedSince(now));
        }

        table.Write(output);
    }

    private sealed record Row(ContainerView Container, ImageView? Image)
    {
        public string Id => Container.ImageId.Replace("sha256:", "", StringComparison.Ordinal);

        public string Repository => Name.Repository;

        public string Tag => Name.Tag;

        /// <summary>As the container was made from it, where the image still has that name.</summary>
        private (string Repository, string Tag) Name =>
            Image is null || Image.References.IsEmpty ? ("<none>", "<none>") : ImageListVerb.Row.Split(Image.References.FirstOrDefault(Container.Image.Equals) ?? Image.References[0]);

        public string CreatedSince(DateTimeOffset now) => Image?.CreatedAt is { } at && at > DateTimeOffset.UnixEpoch ? HumanDuration.Of(now - at) + " ago" : "N/A";

        public void Write(Utf8JsonWriter json)
        {
            json.WriteString("ID", Container.ImageId);
            json.WriteString("ContainerName", Container.Name);
            json.WriteString("Repository", Repository);
            json.WriteString("Tag", Tag);
            json.WriteString("Platform", Image?.Platform);
            json.WriteNumber("Size", Image?.Size ?? 0);
            json.WriteString("Created", Image?.CreatedAt?.ToString("O"));
        }
    }
}
