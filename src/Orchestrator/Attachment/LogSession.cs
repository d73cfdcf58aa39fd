using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Logs;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// The logs of a project's replicas as they grow, and a line whenever a run ends. Lines are read from the log files, not
/// through the supervisor: they go on when it is replaced. One thread of its own reads and writes.
/// </summary>
internal sealed class LogSession : IDisposable
{
    private readonly Lock gate = new();
    private readonly Func<ContainerView, bool> watched;
    private readonly Func<ContainerView, bool> shown;
    private readonly LogPrefixes prefixes;
    private readonly Stream stdout;
    private readonly LogFollower follower;
    private readonly ReplicaStates states;
    private readonly Dictionary<string, LogSource> sources = [];
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private bool mayFinish;
    private bool closed;

    /// <param name="watched">Whose end is waited for.</param>
    /// <param name="shown">Whose logs are shown; they are watched too.</param>
    /// <param name="query">Which lines; exits before its beginning are not told either.</param>
    public LogSession(
        Func<ContainerView, bool> watched, Func<ContainerView, bool> shown, LogPrefixes prefixes, Stream stdout, Stream stderr, LogQuery query, bool timestamps)
    {
        this.watched = watched;
        this.shown = shown;
        this.prefixes = prefixes;
        this.stdout = stdout;
        states = new ReplicaStates(query.Since ?? DateTimeOffset.UtcNow);
        follower = new LogFollower(query, new LogPrinter(stdout, stderr, timestamps));
        reading = Task.Factory.StartNew(() => follower.Run(stop.Token), TaskCreationOptions.LongRunning);
    }

    /// <summary>Completes when <see cref="MayFinish"/> was called and every replica has stopped, or when reading fails.</summary>
    public Task Finished => Task.WhenAny(finished.Task, reading).Unwrap();

    /// <summary>Told of the end of every run.</summary>
    public Action<ReplicaExit>? Exited { get; init; }

    /// <summary>Takes in the state of a container.</summary>
    public void Observe(ContainerView container)
    {
        if (!watched(container))
        {
            return;
        }

        lock (gate)
        {
            // What the supervisor still tells when all logs have been let go must not have them followed again.
            if (closed)
            {
                return;
            }

            var exit = states.Observe(container);
            var (health, kills) = (states.ObserveHealth(container), states.ObserveKills(container));
            if (shown(container))
            {
                Show(container, exit?.Text ?? health ?? kills);
            }

            if (exit is not null)
            {
                Exited?.Invoke(exit);
            }

            FinishIfStopped();
        }
    }

    /// <summary>Prints what a hook has written, between the lines of the logs.</summary>
    public void Say(HookLine hook)
    {
        lock (gate)
        {
            if (!closed)
            {
                stdout.Write(prefixes.Line($"{hook.Container} ->", hook.Text));
            }
        }
    }

    /// <summary>From now on it ends when every replica has stopped.</summary>
    public void MayFinish()
    {
        lock (gate)
        {
            mayFinish = true;
            FinishIfStopped();
        }
    }

    /// <summary>Prints what the logs hold and ends.</summary>
    public async Task CloseAsync()
    {
        lock (gate)
        {
            foreach (var source in sources.Values)
            {
                follower.Remove(source);
            }

            closed = true;
            sources.Clear();
            follower.Complete();
        }

        await reading;
    }

    public void Dispose()
    {
        stop.Cancel();
        reading.ContinueWith(static (_, session) => ((LogSession)session!).follower.Dispose(), this, TaskScheduler.Default);
    }

    /// <param name="news">What has become of it; null: nothing.</param>
    private void Show(ContainerView container, string? news)
    {
        var name = ContainerText.ShortName(container);
        var source = SourceOf(container, name);
        if (news is not null)
        {
            var line = prefixes.Status(name, news);
            follower.AtEnd(source, () => stdout.Write(line));
        }
    }

    /// <summary>The container's log, followed from when its directory is there: that is made just before its first start.</summary>
    private LogSource SourceOf(ContainerView container, string name)
    {
        if (sources.TryGetValue(container.Id, out var source))
        {
            return source;
        }

        source = new LogSource($"{container.LogDirectory}/log", name) { Prefix = prefixes.Of(name) };
        if (Directory.Exists(container.LogDirectory))
        {
            sources.Add(container.Id, source);
            follower.Add(source);
        }

        return source;
    }

    private void FinishIfStopped()
    {
        if (mayFinish && states.AllStopped)
        {
            finished.TrySetResult();
        }
    }
}
