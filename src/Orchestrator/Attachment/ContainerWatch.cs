using Devoxx.Orchestrator.Control;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>The stream of changes of a project's containers, taken up again when the supervisor is replaced.</summary>
internal static class ContainerWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MostFailures = 25;

    /// <summary>Hands every change to <paramref name="observe"/> until cancelled.</summary>
    /// <exception cref="CommandFailedException">The supervisor cannot be reached for several seconds on end.</exception>
    public static async Task RunAsync(SupervisorConnection supervisor, string project, Action<ContainerView> observe, CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await foreach (var container in supervisor.StreamAsync(ControlRoutes.Watch(project), ControlJson.Default.ContainerView, cancellation))
                {
                    failures = 0;
                    observe(container);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception lost) when (lost is IOException or HttpRequestException or CommandFailedException)
            {
                // The project may not be known yet, or the supervisor have been killed: the next request starts another.
                if (++failures > MostFailures)
                {
                    throw;
                }
            }

            await Task.Delay(Pause, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}
