using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Images.Build;
using Devoxx.Supervisor.Planning;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The route that builds the images of a project: independent ones beside each other, each after those it starts from.</summary>
/// <param name="storage">Where buildah works.</param>
/// <param name="run">Streams what the work has to say, and how it ended.</param>
internal sealed class BuildEndpoints(ImageStore images, BuildStorage storage, Func<HttpContext, Func<ChannelWriter<ControlLine>, Task<Outcome>>, Task> run)
{
    /// <summary>Each build has its own processes; more of them at once only wait for each other.</summary>
    private static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount);

    public async Task BuildAsync(HttpContext http)
    {
        var request = await ControlReplies.ReadAsync(http, ControlJson.Default.BuildImagesRequest).ConfigureAwait(false);
        await run(http, output => BuildAsync(request, output, http.RequestAborted)).ConfigureAwait(false);
    }

    private async Task<Outcome> BuildAsync(BuildImagesRequest request, ChannelWriter<ControlLine> output, CancellationToken cancellation)
    {
        var project = ProjectJson.Read(Encoding.UTF8.GetBytes(request.Project.GetRawText()));
        var environment = request.Environment.ToImmutableDictionary();
        var wish = new BuildWish(
            request.Services, request.OnlyNeeded ? BuildOccasion.Needed : BuildOccasion.Asked, request.WithDependencies, request.Arguments, request.Ssh, request.NoCache, request.Pull, request.Memory)
        {
            OnlyHere = request.OnlyHere,
        };
        var builds = BuildPlanner.Make(project, wish, environment);
        var builder = new Lazy<IImageBuilder>(() => ImageBuilders.Find(
            name => name == "DEVOXX_BUILDER" && request.Builder is not null ? request.Builder : environment.GetValueOrDefault(name), storage));
        using var turns = new SemaphoreSlim(AtOnce);
        var tasks = new Dictionary<string, Task<string?>>(StringComparer.Ordinal);
        foreach (var build in builds)
        {
            // Begun in order, so that what a build waits for is there to be waited for.
            var after = build.After.Where(tasks.ContainsKey).Select(name => tasks[name]).ToArray();
            tasks[build.Service] = OneAsync(build, after);
        }

        var errors = await Task.WhenAll(tasks.Values).ConfigureAwait(false);
        return new Outcome([.. errors.OfType<string>()], []);

        async Task<string?> OneAsync(PlannedBuild build, Task<string?>[] after)
        {
            if (Array.Exists(await Task.WhenAll(after).ConfigureAwait(false), error => error is not null))
            {
                return $"service {build.Service} was not built, as one that it starts from was not";
            }

            await turns.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                await BuildAsync(build, builder, request.Push, output, cancellation).ConfigureAwait(false);
                return null;
            }
            catch (IOException e)
            {
                output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Error", FirstLine(e.Message), Done: true, Failed: true)));
                return $"service {build.Service}: {e.Message}";
            }
            finally
            {
                turns.Release();
            }
        }
    }

    private async Task BuildAsync(PlannedBuild build, Lazy<IImageBuilder> builder, bool push, ChannelWriter<ControlLine> output, CancellationToken cancellation)
    {
        var reference = build.Request.Tags[0];
        if (build.OnlyMissing && !build.PullAlways && images.Find(reference) is not null)
        {
            return;
        }

        if (build.PullFirst && await PullAsync(build, reference, output, cancellation).ConfigureAwait(false))
        {
            return;
        }

        output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Building")));
        var image = await builder.Value.BuildAllAsync(build.Request, images, Tell, cancellation).ConfigureAwait(false);
        output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Built", image.Id, Done: true)));
        if (push)
        {
            output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Pushing")));
            foreach (var tag in build.Request.Tags)
            {
                await images.PushAsync(tag, null, new PullReporter(output), cancellation).ConfigureAwait(false);
            }
        }

        void Tell(string line)
        {
            if (line.Length > 0)
            {
                output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Building", line)));
            }
        }
    }

    /// <returns>False when there is nothing to be had, and so it is to be built.</returns>
    private async Task<bool> PullAsync(PlannedBuild build, ImageReference reference, ChannelWriter<ControlLine> output, CancellationToken cancellation)
    {
        try
        {
            await images.PullAsync(reference, new PullOptions { Platform = build.Request.Platform }, new PullReporter(output), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ImageException e)
        {
            output.TryWrite(new ControlLine(new Progress("Image", build.Image, "Not pulled", FirstLine(e.Message))));
            return build.PullAlways && images.Find(reference) is not null;
        }
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];
}
