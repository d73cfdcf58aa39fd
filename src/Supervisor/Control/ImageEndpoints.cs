using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Devoxx.Images;
using Devoxx.Images.Build;
using Devoxx.Supervisor.Images;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for images beyond listing, loading and removing: pull, push, build, tag, prune, history, inspect, save.</summary>
/// <param name="builds">Where images are built.</param>
/// <param name="users">Which container uses an image, by the image's id; null for none.</param>
/// <param name="run">Streams what the work has to say, and how it ended.</param>
internal sealed class ImageEndpoints(
    ImageStore images, BuildStorage builds, Func<DateTimeOffset> now, Func<Task<Func<string, string?>>> users, Func<HttpContext, Func<ChannelWriter<ControlLine>, Task<Outcome>>, Task> run)
{
    private readonly BuildEndpoints building = new(images, builds, run);

    /// <returns>Null when the path is none of these.</returns>
    public Task? Route(HttpContext http, string path) => (http.Request.Method, path) switch
    {
        ("POST", ControlRoutes.ImagePull) => PullAsync(http),
        ("POST", ControlRoutes.ImagePush) => PushAsync(http),
        ("POST", ControlRoutes.ImageBuild) => building.BuildAsync(http),
        ("POST", ControlRoutes.ImageTag) => TagAsync(http),
        ("POST", ControlRoutes.ImagePrune) => PruneAsync(http),
        ("GET", ControlRoutes.ImageHistory) => HistoryAsync(http),
        ("GET", ControlRoutes.ImageInspect) => InspectAsync(http),
        ("GET", ControlRoutes.ImageSave) => SaveAsync(http),
        _ => null,
    };

    private async Task PullAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.PullImagesRequest).ConfigureAwait(false);
        await EachAsync(http, request.Images, (reference, output) =>
        {
            var options = new PullOptions { Platform = request.Platform is null ? null : ImagePlatform.Parse(request.Platform) };
            if (request.OnlyMissing && (options.Platform is null ? images.Find(reference) : images.Find(reference, options.Platform)) is not null)
            {
                output.TryWrite(new ControlLine(new Progress("Image", reference.Familiar, "Skipped", "it is in the store already", Done: true)));
                return Task.CompletedTask;
            }

            return images.PullAsync(reference, options, new PullReporter(output), http.RequestAborted);
        }).ConfigureAwait(false);
    }

    private async Task PushAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.PullImagesRequest).ConfigureAwait(false);
        await EachAsync(http, request.Images, async (reference, output) =>
        {
            output.TryWrite(new ControlLine(new Progress("Image", reference.Familiar, "Pushing")));
            await images.PushAsync(reference, null, new PullReporter(output), http.RequestAborted).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>All at once; what fails does not keep the others from succeeding.</summary>
    private Task EachAsync(HttpContext http, ImmutableArray<string> names, Func<ImageReference, ChannelWriter<ControlLine>, Task> work) => run(http, async output =>
    {
        var errors = await Task.WhenAll(names.Select(async name =>
        {
            try
            {
                await work(ImageReference.Parse(name), output).ConfigureAwait(false);
                return null;
            }
            catch (ImageException e)
            {
                output.TryWrite(new ControlLine(new Progress("Image", name, "Error", e.Message, Done: true, Failed: true)));
                return e.Message;
            }
        })).ConfigureAwait(false);
        return new Outcome([.. errors.OfType<string>()], []);
    });

    private async Task TagAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.TagImageRequest).ConfigureAwait(false);
        await run(http, output =>
        {
            var image = images.Tag(request.Image, ImageReference.Parse(request.Name));
            output.TryWrite(new ControlLine(new Progress("Image", ImageReference.Parse(request.Name).Familiar, "Tagged", image.Id, Done: true)));
            return Task.FromResult(Outcome.Success);
        }).ConfigureAwait(false);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var userOf = await users().ConfigureAwait(false);
        var filters = http.Request.Query["filter"].OfType<string>().ToList();
        var all = http.Request.Query["all"] == "true" || filters.Exists(filter => filter is "dangling=false" or "dangling=0");
        await run(http, output =>
        {
            var filter = ImageFilter.Parse(filters, images.Find, now(), forPrune: true);
            var (removed, bytes) = images.Prune(userOf, all, filter.Passes);
            foreach (var one in removed)
            {
                output.TryWrite(new ControlLine(new Progress("Image", one.Untagged ?? one.Deleted!, one.Untagged is null ? "Deleted" : "Untagged", Done: true)));
            }

            output.TryWrite(new ControlLine(new Progress("Space", "reclaimed", $"{bytes} bytes", Done: true)));
            return Task.FromResult(Outcome.Success);
        }).ConfigureAwait(false);
    }

    private async Task HistoryAsync(HttpContext http)
    {
        var name = http.Request.Query["image"].ToString();
        if (images.Find(name) is null)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such image: {name}").ConfigureAwait(false);
            return;
        }

        await ControlReplies.JsonAsync(
            http,
            [.. images.History(name).Select(step => new ImageStepView(step.Created, step.CreatedBy, step.Size, step.Comment))],
            ControlJson.Default.ImmutableArrayImageStepView).ConfigureAwait(false);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var name = http.Request.Query["image"].ToString();
        if (images.Find(name) is not { } image)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such image: {name}").ConfigureAwait(false);
            return;
        }

        var configuration = JsonSerializer.SerializeToElement(image.Config, Oci.OciJson.Default.ImageConfiguration);
        await ControlReplies.JsonAsync(
            http,
            new ImageDetails(image.Id, [.. image.References.Select(r => r.Familiar)], image.Size, image.Created, image.Platform.ToString(), image.LastChecked, image.LayerDirectories, configuration)
            {
                Digests = [.. image.Digests.Select(r => r.Familiar)],
                Platforms = [.. image.Platforms.Select(platform => platform.ToString())],
            },
            ControlJson.Default.ImageDetails).ConfigureAwait(false);
    }

    private async Task SaveAsync(HttpContext http)
    {
        var names = http.Request.Query["image"].OfType<string>().ToArray();
        if (names.Length == 0 || Array.Find(names, name => images.Find(name) is null) is not null)
        {
            var missing = names.Where(name => images.Find(name) is null);
            await ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such image: {string.Join(", ", missing)}").ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = "application/x-tar";
        try
        {
            await images.SaveAsync(names, http.Response.Body, http.RequestAborted).ConfigureAwait(false);
        }
        catch (ImageException e)
        {
            // Once the archive has begun, all that can be done is to break it off, so that nobody takes it for whole.
            await ControlReplies.RefuseAsync(http, StatusCodes.Status500InternalServerError, e.Message).ConfigureAwait(false);
        }
    }
}
