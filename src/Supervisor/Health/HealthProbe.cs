using System.Diagnostics;
using System.Globalization;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Health;

/// <summary>
/// One probe: <c>devoxx-runtime exec</c>, with the container's user, environment, cgroup and limits. The runtime itself kills
/// it at its timeout with all its children, so that one which hangs does not outlive a supervisor that was killed.
/// </summary>
internal static class HealthProbe
{
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
            using var late = RuntimeExec.Late(spec.Timeout);
            var (code, wasStopped) = await RuntimeExec.EndedAsync(
                process, pipe, environment.Reactor, bytes => kept.Write(bytes[..(int)Math.Min(bytes.Length, Math.Max(0, HealthDecisions.MostOutput + 1 - kept.Length))]), late.Token).ConfigureAwait(false);
            var output = Text(kept);
            return wasStopped ? new ProbeResult(startedAt, clock.Elapsed, -1, "its process had been stopped (SIGSTOP) and was killed")
                : late.IsCancellationRequested || (code == RuntimeExec.TimedOut && clock.Elapsed >= spec.Timeout)
                ? new ProbeResult(startedAt, clock.Elapsed, -1, $"exceeded its timeout of {InWords.Span(spec.Timeout)} and was killed{(output.Length == 0 ? "" : $": {output}")}")
                : new ProbeResult(startedAt, clock.Elapsed, code ?? -1, output);
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
                "devoxx-runtime", "--root", environment.Root.RuntimeRoot, "exec", "--shell-exit-codes",
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

    private static string Text(MemoryStream kept)
    {
        var bytes = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        return bytes.Length > HealthDecisions.MostOutput
            ? Encoding.UTF8.GetString(bytes[..HealthDecisions.MostOutput]) + "..."
            : Encoding.UTF8.GetString(bytes);
    }
}
