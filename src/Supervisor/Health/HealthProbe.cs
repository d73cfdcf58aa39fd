using System.Diagnostics;
using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Health;

/// <summary>
/// One probe: <c>devoxx-runtime exec</c>, with the container's user, environment, cgroup and limits. The runtime itself kills
/// it at its timeout with all its children, so that one which hangs does not outlive a supervisor that was killed.
/// </summary>
internal static class HealthProbe
{
    /// <summary>What <c>devoxx-runtime exec --timeout</c> ends with when the time is over.</summary>
    private const int TimedOut = 124;

    /// <summary>Never fails: what cannot be executed is a probe that failed.</summary>
    public static async Task<ProbeResult> RunAsync(HealthSpec spec, string containerId, SupervisorEnvironment environment)
    {
        var startedAt = environment.Now;
        var clock = Stopwatch.StartNew();
        try
        {
            using var pipe = new OutputPipe();
            using var process = await environment.Kernel.Run(() => HealthProbe.Start(spec, containerId, environment, pipe)).ConfigureAwait(false);
            var kept = new MemoryStream();
            using var ended = new CancellationTokenSource();
            var reading = ReadAsync(pipe, kept, environment.Reactor, ended.Token);
            await environment.Reactor.WhenReadable(process.PidFd).ConfigureAwait(false);

            // Whoever else has the pipe, a process that the probe has left behind, is not waited for.
            await ended.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            Drain(pipe, kept);
            var code = process.PidFd.TryReap()?.ExitCode ?? -1;
            var output = Text(kept);
            return code == TimedOut && clock.Elapsed >= spec.Timeout
                ? new ProbeResult(startedAt, clock.Elapsed, -1, $"exceeded its timeout of {InWords.Span(spec.Timeout)} and was killed{(output.Length == 0 ? "" : $": {output}")}")
                : new ProbeResult(startedAt, clock.Elapsed, code, output);
        }
        catch (Exception e) when (e is IOException or LinuxException)
        {
            return new ProbeResult(startedAt, clock.Elapsed, -1, e.Message);
        }
    }

    private static SpawnedProcess Start(HealthSpec spec, string containerId, SupervisorEnvironment environment, OutputPipe pipe)
    {
        var process = Spawn.Start(
            environment.RuntimeStart,
            [
                "devoxx-runtime", "--root", environment.Root.RuntimeRoot, "exec",
                "--timeout", ((long)Math.Ceiling(spec.Timeout.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture),
                containerId, "--", .. spec.Command,
            ],
            Failpoint.Variables,
            stdout: pipe.Writer,
            stderr: pipe.Writer,
            newSession: true);
        pipe.Writer.Dispose();
        return process;
    }

    /// <summary>Until the end of the pipe or of the probe: a pipe that nobody reads would block who writes.</summary>
    private static async Task ReadAsync(OutputPipe pipe, MemoryStream kept, Reactor reactor, CancellationToken ended)
    {
        try
        {
            while (!Drain(pipe, kept))
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
    private static bool Drain(OutputPipe pipe, MemoryStream kept)
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
                    kept.Write(buffer[..(int)Math.Min(length, Math.Max(0, HealthDecisions.MostOutput + 1 - kept.Length))]);
                    break;
            }
        }

        return false;
    }

    private static string Text(MemoryStream kept)
    {
        var bytes = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        return bytes.Length > HealthDecisions.MostOutput
            ? Encoding.UTF8.GetString(bytes[..HealthDecisions.MostOutput]) + "..."
            : Encoding.UTF8.GetString(bytes);
    }
}
