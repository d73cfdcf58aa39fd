using Devoxx.Native.Processes;

namespace Devoxx.Supervisor.Runtimes;

/// <summary>Takes a piece of what a command writes.</summary>
internal delegate void OutputSink(ReadOnlySpan<byte> bytes);

/// <summary>A <c>devoxx-runtime exec</c> that the supervisor has begun, from there to its end: a probe, a hook.</summary>
internal static class RuntimeExec
{
    /// <summary>What <c>devoxx-runtime exec --timeout</c> ends with when the time is over.</summary>
    public const int TimedOut = 124;

    /// <summary>How much longer than its timeout it may take: the runtime itself ends it then, unless it has been stopped (SIGSTOP) or hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What is to kill it when it has not ended a while after its timeout.</summary>
    /// <param name="timeout">Null, or more than timers can count (some 49 days): it may take as long as it likes.</param>
    /// <param name="over">What ends it before.</param>
    public static CancellationTokenSource Late(TimeSpan? timeout, CancellationToken over = default)
    {
        var late = CancellationTokenSource.CreateLinkedTokenSource(over);
        if (timeout is { } time && time < TimeSpan.FromDays(40))
        {
            late.CancelAfter(time + Patience);
        }

        return late;
    }

    /// <summary>Hands on what it writes until it has ended, and all that is in the pipe then.</summary>
    /// <param name="late">It has had its time, and is killed with all that came of it.</param>
    /// <returns>Its exit code, null if a signal ended it; and whether it was killed because it had been stopped (SIGSTOP).</returns>
    public static async Task<(int? Code, bool WasStopped)> EndedAsync(SpawnedProcess process, OutputPipe pipe, Reactor reactor, OutputSink sink, CancellationToken late)
    {
        using var guard = new HelperGuard(process.Pid, () => ProcessTree.Kill(process.Pid), null, late);
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync(pipe, sink, reactor, ended.Token);
        await reactor.WhenReadable(process.PidFd).ConfigureAwait(false);

        // Whoever else has the pipe, a process that the command has left behind, is not waited for.
        await ended.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        Drain(pipe, sink);
        guard.Dispose();
        return (process.PidFd.TryReap()?.ExitCode, guard.FoundStopped);
    }

    /// <summary>Until the end of the pipe or of the command: a pipe that nobody reads would block who writes.</summary>
    private static async Task ReadAsync(OutputPipe pipe, OutputSink sink, Reactor reactor, CancellationToken ended)
    {
        try
        {
            while (!Drain(pipe, sink))
            {
                await reactor.WhenReadable(pipe.Reader, ended).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It has ended; what it wrote is in the pipe.
        }
    }

    /// <returns>Whether the pipe is at its end.</returns>
    private static bool Drain(OutputPipe pipe, OutputSink sink)
    {
        Span<byte> buffer = stackalloc byte[4096];
        // A process left behind may write for ever: no more than a pipe holds in one go.
        const int MostReads = 32;
        for (var reads = 0; reads < MostReads; reads++)
        {
            switch (pipe.TryRead(buffer))
            {
                case null:
                    return false;
                case 0:
                    return true;
                case { } length:
                    sink(buffer[..length]);
                    break;
            }
        }

        return false;
    }
}
