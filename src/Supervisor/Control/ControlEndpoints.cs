using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Compose;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Planning;
using Devoxx.Supervisor.Projects;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>What each route of <see cref="ControlRoutes"/> does: from a request to a message, and from what comes of it to JSON.</summary>
internal sealed class ControlEndpoints(IActorRef supervisor, SupervisorEnvironment environment, DateTimeOffset startedAt, Action<string> leave)
{
    /// <summary>Longer than any recovery: a query that is not answered by then never will be.</summary>
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    private readonly ResourceEndpoints resources = new(supervisor, environment);
    private readonly ProcessEndpoints processes = new(supervisor, environment);
    private readonly ContainerFilesEndpoint files = new(supervisor, environment);
    private readonly CommitEndpoint commits = new(supervisor, environment);

    public async Task HandleAsync(HttpContext http)
    {
        supervisor.Tell(new RequestOpened());
        try
        {
            await RouteAsync(http).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or FormatException or BadHttpRequestException)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status400BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Who asked has gone.
        }
        catch (AskTimeoutException)
        {
            await ControlReplies.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "the supervisor does not answer; see supervisor.log").ConfigureAwait(false);
        }
        finally
        {
            supervisor.Tell(new RequestClosed());
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (path.StartsWith(ControlRoutes.Projects + "/", StringComparison.Ordinal) && path[(ControlRoutes.Projects.Length + 1)..].Split('/') is [var project, var verb])
        {
            return ProjectAsync(http, Uri.UnescapeDataString(project), verb);
        }

        return (http.Request.Method, path) switch
        {
            ("GET", ControlRoutes.Version) => ControlReplies.JsonAsync(
                http, new VersionView(SupervisorVersion.Text, System.Environment.ProcessId, environment.Root.Path, startedAt), ControlJson.Default.VersionView),
            ("GET", ControlRoutes.Projects) => ProjectsAsync(http),
            ("POST", ControlRoutes.Shutdown) => ShutdownAsync(http),
            _ => resources.RouteAsync(http, path),
        };
    }

    private async Task ProjectAsync(HttpContext http, string project, string verb)
    {
        switch (http.Request.Method, verb)
        {
            case ("GET", "containers"):
                var views = await supervisor.Ask<ImmutableArray<ContainerView>>(new GetContainers(project), QueryTimeout).ConfigureAwait(false);
                await ControlReplies.JsonAsync(http, views, ControlJson.Default.ImmutableArrayContainerView).ConfigureAwait(false);
                break;
            case ("GET", "files"):
                await files.ListAsync(http, project).ConfigureAwait(false);
                break;
            case ("GET", "watch"):
                await WatchAsync(http, project).ConfigureAwait(false);
                break;
            case ("GET", "usage"):
                await processes.UsageAsync(http, project).ConfigureAwait(false);
                break;
            case ("GET", "processes"):
                await processes.ProcessesAsync(http, project).ConfigureAwait(false);
                break;
            case ("POST", "commit"):
                await commits.CommitAsync(http, project).ConfigureAwait(false);
                break;
            case ("POST", _):
                var output = Channel.CreateUnbounded<ControlLine>();
                var request = await RequestAsync(http, project, verb, output.Writer).ConfigureAwait(false);
                supervisor.Tell(request with { DryRun = http.Request.Query["dryRun"] == "true" });
                await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ControlLine).ConfigureAwait(false);
                break;
            default:
                await ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such request: {http.Request.Method} {http.Request.Path}").ConfigureAwait(false);
                break;
        }
    }

    private static async Task<ProjectRequest> RequestAsync(HttpContext http, string project, string verb, ChannelWriter<ControlLine> output)
    {
        switch (verb)
        {
            case "up":
                var up = await ControlReplies.ReadAsync(http, ControlJson.Default.UpRequest).ConfigureAwait(false);
                var model = Read(up.Project);
                ServiceImages.Check(model, up.Pull);
                return new UpProject(
                    project, output, model,
                    new ProjectDefinition(up.Project.Clone(), up.ConfigFiles.IsDefault ? [] : up.ConfigFiles, up.WorkingDirectory ?? ""),
                    up.ToWish());
            case "run":
                var run = await ControlReplies.ReadAsync(http, ControlJson.Default.RunRequest).ConfigureAwait(false);
                var oneOff = Read(run.Model);
                ServiceImages.Check(oneOff, null);
                return new UpProject(
                    project, output, oneOff,
                    new ProjectDefinition(run.Up.Project.Clone(), run.Up.ConfigFiles.IsDefault ? [] : run.Up.ConfigFiles, run.Up.WorkingDirectory ?? ""),
                    run.ToWish());
            case "remove":
                var remove = await ControlReplies.ReadAsync(http, ControlJson.Default.RemoveContainersRequest).ConfigureAwait(false);
                return new RemoveContainers(project, output, remove.Services.IsDefault ? [] : remove.Services, remove.Stop, remove.Volumes);
            case "down":
                var down = await ControlReplies.ReadAsync(http, ControlJson.Default.DownRequest).ConfigureAwait(false);
                return new DownProject(
                    project, output, down.Project is { } given ? Read(given) : null,
                    new DownWish(down.Services.IsDefault ? [] : down.Services, down.Volumes, down.RemoveOrphans, Seconds(down.StopTimeoutSeconds)));
        }

        var body = await ControlReplies.ReadAsync(http, ControlJson.Default.ServicesRequest).ConfigureAwait(false);
        var services = body.Services.IsDefault ? [] : body.Services;
        return verb switch
        {
            "start" => new StartServices(project, output, services),
            "stop" => new StopServices(project, output, services, Seconds(body.StopTimeoutSeconds)),
            "restart" => new RestartServices(project, output, services, Seconds(body.StopTimeoutSeconds), body.NoDeps),
            "kill" => new KillServices(
                project, output, services,
                Signal.TryParse(body.Signal ?? "SIGKILL") ?? throw new FormatException($"{body.Signal} is not a signal; say e.g. SIGTERM, HUP or 9"),
                body.Container,
                body.Orphans ?? true),
            "pause" => new PauseServices(project, output, services, Pause: true),
            "unpause" => new PauseServices(project, output, services, Pause: false),
            _ => throw new FormatException($"no such request: {verb}"),
        };
    }

    private async Task WatchAsync(HttpContext http, string project)
    {
        var output = Channel.CreateUnbounded<ContainerView>();
        supervisor.Tell(new WatchContainers(project, output.Writer));
        try
        {
            await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ContainerView).ConfigureAwait(false);
        }
        finally
        {
            output.Writer.TryComplete();
            supervisor.Tell(new UnwatchContainers(project, output.Writer));
        }
    }

    private async Task ProjectsAsync(HttpContext http)
    {
        var projects = await supervisor.Ask<ImmutableDictionary<string, ProjectSummary>>(new GetProjects(), QueryTimeout).ConfigureAwait(false);
        await ControlReplies.JsonAsync(
            http,
            [.. projects.Values.Select(p => p.View).Where(v => v.Total > 0).OrderBy(v => v.Name, StringComparer.Ordinal)],
            ControlJson.Default.ImmutableArrayProjectView).ConfigureAwait(false);
    }

    private Task ShutdownAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        http.Response.OnCompleted(() =>
        {
            leave("asked to");
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private static Project Read(JsonElement project) => ProjectJson.Read(Encoding.UTF8.GetBytes(project.GetRawText()));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
