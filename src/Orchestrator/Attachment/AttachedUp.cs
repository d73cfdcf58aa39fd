using Devoxx.Compose;
using Devoxx.Orchestrator.Control;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Orchestrator.Verbs;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Logs;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// <c>up</c> in the foreground: the logs of what it was asked to start, until all of it has stopped. Ctrl-C stops the same
/// services in their order, and a second one kills them. What they depend on goes on, as does everything else.
/// </summary>
internal sealed class AttachedUp(Invocation invocation, SupervisorConnection supervisor, Project project, UpRequest request, AttachOptions options)
{
    private readonly TaskCompletionSource<ReplicaExit> aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IProgressRenderer? display;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var output = invocation.Output;
        var names = options.Services.Order(StringComparer.Ordinal).SelectMany(Replicas).ToList();
        if (names.Count > 0)
        {
            output.Out.WriteLine($"Attaching to {string.Join(", ", names)}");
            output.Out.Flush();
        }

        // What the containers wrote before belongs to an earlier up.
        var query = new LogQuery { Since = DateTimeOffset.UtcNow };
        using var session = new LogSession(
            container => !container.IsOneOff && options.Watched.Contains(container.Service),
            container => options.Services.Contains(container.Service),
            new LogPrefixes(options.Style, names),
            new MakeWayStream(output.OutStream, Above),
            new MakeWayStream(output.ErrorStream, Above),
            query,
            options.Timestamps)
        {
            Exited = exit =>
            {
                if (options.Aborts(exit))
                {
                    aborted.TrySetResult(exit);
                }
            },
        };
        using var watching = new CancellationTokenSource();
        var interrupts = invocation.Interrupts;
        var watch = ContainerWatch.RunAsync(supervisor, project.Name, session.Observe, watching.Token);
        try
        {
            var code = await StartAsync(session);
            if (code != ExitCode.Success)
            {
                return code;
            }

            await await Task.WhenAny(session.Finished, aborted.Task).WaitAsync(interrupts.First);
            if (aborted.Task.IsCompleted)
            {
                invocation.Output.Error.WriteLine($"Aborting on container {(options.AbortOnFailure ? "failure" : "exit")}...");
                await StopAsync(session);
            }

            await session.CloseAsync();
            return await CodeAsync();
        }
        catch (OperationCanceledException) when (interrupts.Raised)
        {
            invocation.Output.Error.WriteLine("Gracefully Stopping... press Ctrl+C again to force");
            await StopAsync(session);
            await session.CloseAsync();
            return ExitCode.Interrupted;
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    private IEnumerable<string> Replicas(string service)
    {
        var definition = project.Services[service];
        var count = request.Scale.TryGetValue(service, out var scale) ? scale : definition.Replicas;
        return definition.ContainerName is { Length: > 0 } name && count == 1 ? [name] : Enumerable.Range(1, count).Select(number => $"{service}-{number}");
    }

    private async Task<int> StartAsync(LogSession session)
    {
        Outcome outcome;
        using (display = invocation.Output.StartProgress())
        {
            outcome = await supervisor.PerformAsync(
                ControlRoutes.Up(project.Name), request, ControlJson.Default.UpRequest, display.Report, invocation.Interrupts.First, hooks: session.Say);
        }

        // All that is there now, lest the stream of changes be behind: otherwise nothing would seem to run, or to have run.
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(project.Name), ControlJson.Default.ImmutableArrayContainerView, invocation.Interrupts.First);
        foreach (var container in containers)
        {
            session.Observe(container);
        }

        if (outcome.Succeeded)
        {
            session.MayFinish();
        }
        else
        {
            // What the others have written may tell why.
            await session.CloseAsync();
        }

        return invocation.Conclude(outcome);
    }

    /// <summary>Of the service that the code is to be from, else of what failed, else 0.</summary>
    private async Task<int> CodeAsync()
    {
        if (options.ExitCodeFrom is { } service)
        {
            var containers = await supervisor.GetAsync(
                ControlRoutes.Containers(project.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
            return containers.Where(container => container.Service == service).OrderBy(container => container.Number).FirstOrDefault()?.ExitCode ?? 0;
        }

        return options.AbortOnFailure && aborted.Task.IsCompletedSuccessfully ? aborted.Task.Result.Code : ExitCode.Success;
    }

    private async Task StopAsync(LogSession session)
    {
        var stop = new ServicesRequest(request.Services, request.StopTimeoutSeconds);
        Outcome outcome;
        try
        {
            outcome = await PerformAsync("stop", "Stopping", stop, session, invocation.Interrupts.Second);
        }
        catch (OperationCanceledException)
        {
            outcome = await PerformAsync("kill", "Killing", stop, session, CancellationToken.None);
        }

        // Interrupted before anything was made, there is nothing to stop, and that is what was wanted.
        var containers = await supervisor.GetAsync(
            ControlRoutes.Containers(project.Name), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
        if (containers.Length > 0)
        {
            invocation.Conclude(outcome);
        }
    }

    private async Task<Outcome> PerformAsync(string verb, string title, ServicesRequest services, LogSession session, CancellationToken cancellation)
    {
        using (display = invocation.Output.StartProgress(title))
        {
            return await supervisor.PerformAsync(
                ControlRoutes.Services(project.Name, verb), services, ControlJson.Default.ServicesRequest, display.Report, cancellation, hooks: session.Say);
        }
    }

    private void Above(Action write)
    {
        if (display is TtyProgress live)
        {
            live.Above(write);
        }
        else
        {
            write();
        }
    }
}
