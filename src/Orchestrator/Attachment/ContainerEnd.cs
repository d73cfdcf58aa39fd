using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.EventLog;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// Waits for the end of one container and tells its exit code. One that goes by itself may be gone before it was seen to end,
/// if the supervisor was replaced meanwhile: then the journal knows.
/// </summary>
internal sealed class ContainerEnd : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly SupervisorConnection supervisor;
    private readonly string project;
    private readonly string container;
    private readonly string journal;
    private readonly int? run;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task watch;

    /// <param name="container">Its name.</param>
    /// <param name="run">The end of this run is waited for, though another may follow; null: until none follows.</param>
    public ContainerEnd(SupervisorConnection supervisor, string project, string container, StateRoot root, int? run = null)
    {
        (this.supervisor, this.project, this.container, journal, this.run) = (supervisor, project, container, root.JournalPath, run);
        watch = ContainerWatch.RunAsync(supervisor, project, Observe, stop.Token);
    }

    /// <summary>The code of a container that could not be started: 127 there is no such command, 126 it is no program, 125 anything else; null when it is not that.</summary>
    public static int? OfFailedStart(StateRoot root, string container) => FromJournal(root.JournalPath, container, "start-failed");

    /// <summary>To be awaited when the container is known to have been there.</summary>
    public async Task<int> CodeAsync()
    {
        while (true)
        {
            await Task.WhenAny(ended.Task, Task.Delay(Look));
            if (ended.Task.IsCompleted)
            {
                return await ended.Task;
            }

            var containers = await supervisor.GetAsync(ControlRoutes.Containers(project), ControlJson.Default.ImmutableArrayContainerView, CancellationToken.None);
            if (containers.FirstOrDefault(each => each.Name == container) is { } there)
            {
                Observe(there);
            }
            else if (FromJournal(journal, container, "exited") is { } code)
            {
                return code;
            }
        }
    }

    public void Dispose() => stop.Cancel();

    private void Observe(ContainerView view)
    {
        if (view.Name == container && view.State is "exited" or "dead" or "removing" && view.ExitCode is { } code)
        {
            ended.TrySetResult(code);
        }
        else if (view.Name == container && run is { } one && (view.Run > one || view is { State: "restarting", ExitCode: not null }))
        {
            ended.TrySetResult(view.ExitCode ?? FromJournal(journal, container, "exited") ?? 0);
        }
    }

    private static int? FromJournal(string journal, string container, string happening)
    {
        using var reader = new EventLogReader(journal, EventCatalog.Types);
        var exit = reader.Read(new EventQuery { Filters = [new("container", container), new("type", "container"), new("event", happening)], Tail = 1 }).LastOrDefault();
        return exit is null ? null
            : System.Text.Json.JsonDocument.Parse(exit.ToJson()).RootElement.GetProperty("payload").GetProperty("exitCode").GetInt32();
    }
}
