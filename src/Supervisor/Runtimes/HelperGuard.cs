using Devoxx.Native.Processes;

namespace Devoxx.Supervisor.Runtimes;

/// <summary>
/// Sees to it that nobody waits for ever for a process that the supervisor has started: it is killed when nobody wants it any more, when it has been stopped
/// (SIGSTOP), and when it has had its time.
/// </summary>
internal sealed class HelperGuard : IDisposable
{
    /// <summary>How often it is looked at: at the second look in a row that finds it stopped, it is killed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly int pid;
    private readonly Action kill;
    private readonly TimeSpan? most;
    private readonly TimeSpan interval;
    private readonly CancellationTokenRegistration abandoning;
    private readonly Timer timer;
    private TimeSpan waited;
    private bool wasStopped;

    /// <param name="pid">Not reaped before the guard is disposed of.</param>
    /// <param name="kill">Kills it, with all that goes with it.</param>
    /// <param name="most">How long it may take; null: as long as it likes.</param>
    /// <param name="abandoned">Nobody wants it any more.</param>
    public HelperGuard(int pid, Action kill, TimeSpan? most, CancellationToken abandoned, TimeSpan? every = null)
    {
        (this.pid, this.kill, this.most, interval) = (pid, kill, most, every ?? Interval);
        abandoning = abandoned.Register(kill);
        timer = new Timer(_ => Look(), null, interval, interval);
    }

    /// <summary>It was killed because it had been stopped.</summary>
    public bool FoundStopped { get; private set; }

    /// <summary>It was killed because it had had its time.</summary>
    public bool FoundLate { get; private set; }

    public void Dispose()
    {
        // Not before a look that is under way is over: from then on the number may be another process's.
        using var over = new ManualResetEvent(false);
        if (timer.Dispose(over))
        {
            over.WaitOne();
        }

        abandoning.Dispose();
    }

    private void Look()
    {
        waited += interval;
        var isStopped = IsStopped(pid);
        FoundStopped |= isStopped && wasStopped;
        FoundLate |= waited >= most;
        wasStopped = isStopped;
        if (FoundStopped || FoundLate)
        {
            kill();
        }
    }

    public static bool IsStopped(int pid) => ProcessStat.Of(pid) is { State: 'T' or 't' };
}
