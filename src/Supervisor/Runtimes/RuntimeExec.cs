using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Runtimes;

/// <summary>Takes a piece of what a command writes.</summary>
internal delegate void OutputSink(ReadOnlySpan<byte> bytes);

/// <summary>A <c>devoxx-runtime exec</c> that the supervisor has begun, from there to its end: a probe, a hook.</summary>
internal static class RuntimeExec
{
    /// <summary>What <c>devoxx-runtime exec --timeout</c> ends with when the time is over.</summary>
    public const int TimedOut = 124;

    /// <summary>Hands on what it writes until it has ended, and all that is in the pipe then.</summary>
    /// <returns>Its exit code; null: a signal ended it.</returns>
    public static async Task<int?> EndedAsync(SpawnedProcess process, OutputPipe pipe, Reactor reactor, OutputSink sink)
    {
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync(pipe, sink, reactor, ended.Token);
        await reactor.WhenReadable(process.PidFd).ConfigureAwait(false);

        // Whoever else has the pipe, a process that the command has left behind, is not waited for.
        await ended.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        Drain(pipe, sink);
        return process.PidFd.TryReap()?.ExitCode;
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
