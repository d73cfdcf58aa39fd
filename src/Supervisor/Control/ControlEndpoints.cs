using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Projects;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>What each route of <see cref="ControlRoutes"/> does: from a request to a message, and from what comes of it to JSON.</summary>
internal sealed class ControlEndpoints(IActorRef supervisor, SupervisorEnvironment environment, UnderWay underWay, DateTimeOffset startedAt, Action<string> leave)
{
    /// <summary>Longer than any recovery: a query that is not answered by then never will be.</summary>
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    private readonly ResourceEndpoints resources = new(supervisor, environment);
    private readonly ProcessEndpoints processes = new(supervisor, environment);
    private readonly ContainerFilesEndpoint files = new(supervisor, environment);
    private readonly SettledEndpoint settled = new(supervisor, underWay);
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
            ("GET", ControlRoutes.Settled) => settled.AwaitAsync(http),
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
                var request = ProjectRequests.Read(project, verb, await ControlReplies.ReadBytesAsync(http).ConfigureAwait(false), output.Writer);
                supervisor.Tell(request with { DryRun = http.Request.Query["dryRun"] == "true" });
                await ControlReplies.StreamAsync(http, output.Reader, ControlJson.Default.ControlLine).ConfigureAwait(false);
                break;
            default:
                await ControlReplies.RefuseAsync(http, StatusCodes.Status404NotFound, $"no such request: {http.Request.Method} {http.Request.Path}").ConfigureAwait(false);
                break;
        }
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
}
