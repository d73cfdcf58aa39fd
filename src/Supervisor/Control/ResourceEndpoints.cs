using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Images;
using Devoxx.Images.Build;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Images;
using Devoxx.Supervisor.Projects;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for what projects share: images, volumes and networks.</summary>
internal sealed class ResourceEndpoints(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    private readonly NetworkEndpoints networks = new(supervisor, RunAsync);

    private readonly VolumeEndpoints volumes = new(supervisor, environment.Root, RunAsync);

    private readonly ImageEndpoints images = new(
        environment.Images, new BuildStorage(environment.Root.BuildDirectory, environment.Root.BuildRunDirectory), () => environment.Now,
        async () => await UsersAsync(supervisor).ConfigureAwait(false), RunAsync);

    private readonly ResourceDryRuns dryRuns = new(supervisor, environment);

    public Task RouteAsync(HttpContext http, string path) => (http.Request.Method, path) switch
    {
        ("POST", _) when http.Request.Query["dryRun"] == "true" => dryRuns.RouteAsync(http, path),
        ("GET", ControlRoutes.Volumes) => volumes.ListAsync(http),
        ("POST", ControlRoutes.VolumeCreate) => volumes.CreateAsync(http),
        ("POST", ControlRoutes.VolumePrune) => volumes.PruneAsync(http),
        ("POST", ControlRoutes.VolumeRemove) => volumes.RemoveAsync(http),
        ("GET", ControlRoutes.Networks) => networks.ListAsync(http),
        ("POST", ControlRoutes.NetworkCreate) => networks.CreateAsync(http),
        ("POST", ControlRoutes.NetworkRemove) => networks.RemoveAsync(http),
        ("POST", ControlRoutes.NetworkPrune) => networks.PruneAsync(http),
        ("GET", ControlRoutes.Images) => ImagesAsync(http),
        ("POST", ControlRoutes.ImageLoad) => LoadAsync(http),
        ("POST", ControlRoutes.ImageImport) => ImportAsync(http),
        ("POST", ControlRoutes.ImageRemove) => RemoveImagesAsync(http),
        _ => images.Route(http, path) ?? ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such request: {http.Request.Method} {path}"),
    };

    private async Task ImagesAsync(HttpContext http)
    {
        var users = await ProjectsAsync().ConfigureAwait(false);
        var used = users.Values.SelectMany(p => p.ImageIds).ToLookup(i => i.Value, i => i.Key);
        ImmutableArray<ImageView> views;
        try
        {
            var filter = ImageFilter.Parse(http.Request.Query["filter"].OfType<string>(), environment.Images.Find, environment.Now, forPrune: false);
            views =
            [
                .. environment.Images.List().Select(i => (Image: i, Names: filter.NamesOf(i))).Where(found => found.Names is not null).Select(found => new ImageView(
                    found.Image.Id, [.. found.Names!.Value.Select(r => r.Familiar)], found.Image.Size, found.Image.Created, [.. used[found.Image.Id]], found.Image.Platform.ToString(),
                    [.. found.Image.Digests.Select(r => r.Familiar)])
                {
                    Platforms = [.. found.Image.Platforms.Select(platform => platform.ToString())],
                    IsPart = found.Image.IsPart,
                }),
            ];
        }
        catch (Exception wrong) when (wrong is FormatException or ImageException)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status400BadRequest, wrong.Message).ConfigureAwait(false);
            return;
        }

        await ControlReplies.JsonAsync(http, views, ControlJson.Default.ImmutableArrayImageView).ConfigureAwait(false);
    }

    private Task LoadAsync(HttpContext http) => RunAsync(http, async output =>
    {
        var images = http.Request.Query["path"].ToString() is { Length: > 0 } path
            ? await environment.Images.LoadAsync(
                ImagePath.TryParse(path) ?? throw new FormatException($"{path} is no path of an image"), new Reporter(output), http.RequestAborted).ConfigureAwait(false)
            : await environment.Images.LoadAsync(http.Request.Body, new Reporter(output), http.RequestAborted).ConfigureAwait(false);
        foreach (var image in images)
        {
            var name = image.References.IsEmpty ? image.Id : string.Join(", ", image.References.Select(r => r.Familiar));
            output.TryWrite(new ControlLine(new Progress("Image", name, "Loaded", image.Id, Done: true)));
        }

        return Outcome.Success;
    });

    private Task ImportAsync(HttpContext http) => RunAsync(http, async output =>
    {
        var query = http.Request.Query;
        var reference = query["reference"].ToString() is { Length: > 0 } name ? ImageReference.Parse(name) : null;
        var configuration = ImportedConfiguration.Of([.. query["change"].OfType<string>()], query["message"].FirstOrDefault(), query["platform"].FirstOrDefault());
        var image = await environment.Images.ImportAsync(http.Request.Body, reference, configuration, http.RequestAborted).ConfigureAwait(false);
        output.TryWrite(new ControlLine(new Progress("Image", reference?.Familiar ?? image.ShortId, "Imported", image.Id, Done: true)));
        return Outcome.Success;
    });

    private async Task RemoveImagesAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveRequest).ConfigureAwait(false);
        var users = await ProjectsAsync().ConfigureAwait(false);
        await RunAsync(http, output =>
        {
            var errors = ImmutableArray.CreateBuilder<string>();
            foreach (var name in request.Names)
            {
                try
                {
                    var removed = environment.Images.Remove(
                        name, id => users.Values.SelectMany(p => p.ImageIds).FirstOrDefault(i => i.Value == id).Key, request.Force);
                    foreach (var one in removed)
                    {
                        output.TryWrite(new ControlLine(new Progress(
                            "Image", one.Untagged ?? one.Deleted!, one.Untagged is null ? "Deleted" : "Untagged", Done: true)));
                    }
                }
                catch (ImageException e)
                {
                    errors.Add(e.Message);
                }
            }

            return Task.FromResult(new Outcome(errors.ToImmutable(), []));
        }).ConfigureAwait(false);
    }

    private Task<ImmutableDictionary<string, ProjectSummary>> ProjectsAsync() => ProjectsAsync(supervisor);

    private static Task<ImmutableDictionary<string, ProjectSummary>> ProjectsAsync(IActorRef supervisor) =>
        supervisor.Ask<ImmutableDictionary<string, ProjectSummary>>(new GetProjects(), QueryTimeout);

    /// <summary>Which container uses an image, by the image's id.</summary>
    private static async Task<Func<string, string?>> UsersAsync(IActorRef supervisor)
    {
        var projects = await ProjectsAsync(supervisor).ConfigureAwait(false);
        return id => projects.Values.SelectMany(p => p.ImageIds).FirstOrDefault(i => i.Value == id).Key;
    }

    /// <summary>Streams what the work has to say, and how it ended.</summary>
    internal static async Task RunAsync(HttpContext http, Func<ChannelWriter<ControlLine>, Task<Outcome>> work)
    {
        var output = Channel.CreateUnbounded<ControlLine>();
        var done = Work();
        await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ControlLine).ConfigureAwait(false);
        await done.ConfigureAwait(false);

        async Task Work()
        {
            await Task.Yield();
            try
            {
                output.Writer.TryWrite(new ControlLine(Outcome: await work(output.Writer).ConfigureAwait(false)));
            }
            catch (Exception e) when (e is IOException or FormatException or AskTimeoutException)
            {
                output.Writer.TryWrite(new ControlLine(Outcome: Outcome.Failure(e.Message)));
            }
            finally
            {
                output.Writer.TryComplete();
            }
        }
    }

    private sealed class Reporter(ChannelWriter<ControlLine> output) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            // The image itself is told of once it is there, with all its names.
            if (value.Layer is not null)
            {
                output.TryWrite(new ControlLine(ImageProgressView.Of(value)));
            }
        }
    }
}
