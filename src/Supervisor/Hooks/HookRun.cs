using System.Diagnostics;
using System.Globalization;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Hooks;

/// <summary>
/// One hook: <c>devoxx-runtime exec</c> in a container that runs. The runtime kills it at its timeout, with all its children, and leaves its exit
/// code in a file of the bundle: so a supervisor that comes later learns how one ended that an earlier supervisor had begun.
/// </summary>
internal static class HookRun
{
    /// <param name="name">Of this hook in this container: <c>3.pre_stop.0</c>, the run first.</param>
    /// <param name="timeout">Null: it may take as long as it likes.</param>
    /// <param name="again">An earlier supervisor may have begun it: look first.</param>
    /// <param name="line">Told each line that it writes.</param>
    /// <param name="over">The run that it is of has ended: what is left of the hook is killed.</param>
    /// <returns>Never fails: what cannot be run says why.</returns>
    public static async Task<HookResult> RunAsync(
        HookSpec spec, string containerId, string name, TimeSpan? timeout, bool again, SupervisorEnvironment environment, Action<string> line, CancellationToken over)
    {
        var exitFile = $"{environment.Root.Bundle(containerId)}/hooks/{name}";
        var tail = new OutputTail(line);
        var clock = Stopwatch.StartNew();
        using var late = RuntimeExec.Late(timeout, over);
        try
        {
            if (again && await FoundAsync(exitFile, environment, late.Token).ConfigureAwait(false) is { } found)
            {
                return found;
            }

            if (late.IsCancellationRequested)
            {
                return new HookResult(null, !over.IsCancellationRequested, null, []);
            }

            using var pipe = new OutputPipe();
            using var process = await environment.Kernel.Run(() => HookRun.Start(spec, containerId, exitFile, timeout, environment, pipe)).ConfigureAwait(false);
            var (code, wasStopped) = await RuntimeExec.EndedAsync(process, pipe, environment.Reactor, tail.Write, late.Token).ConfigureAwait(false);
            tail.Complete();
            return wasStopped
                ? new HookResult(null, timeout is not null, "its process had been stopped (SIGSTOP) and was killed", tail.Lines)
                : new HookResult(code, timeout is { } most && clock.Elapsed >= most && (code == RuntimeExec.TimedOut || late.IsCancellationRequested), null, tail.Lines);
        }
        catch (Exception e) when (e is IOException or LinuxException)
        {
            return new HookResult(null, false, e.Message, tail.Lines);
        }
    }

    private static SpawnedProcess Start(HookSpec spec, string containerId, string exitFile, TimeSpan? timeout, SupervisorEnvironment environment, OutputPipe pipe)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(exitFile)!);
        List<string> arguments = ["devoxx-runtime", "--root", environment.Root.RuntimeRoot, "exec", "--shell-exit-codes", "--exit-file", exitFile];
        if (timeout is { } most)
        {
            arguments.AddRange("--timeout", ((long)Math.Ceiling(most.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));
        }

        if (!string.IsNullOrEmpty(spec.User))
        {
            arguments.AddRange("--user", spec.User);
        }

        if (!string.IsNullOrEmpty(spec.WorkingDirectory))
        {
            arguments.AddRange("--cwd", spec.WorkingDirectory);
        }

        if (spec.Privileged)
        {
            arguments.Add("--privileged");
        }

        foreach (var entry in spec.Environment ?? [])
        {
            arguments.AddRange("--env", entry);
        }

        var process = Failpoint.Around("hook.start", () => Spawn.Start(
            environment.RuntimeStart, [.. arguments, containerId, "--", .. spec.Command], Failpoint.Variables, stdout: pipe.Writer, stderr: pipe.Writer, newSession: true));
        pipe.Writer.Dispose();
        return process;
    }

    /// <summary>How it ended, waited for if it still runs; null: it never began, or was killed before it could tell.</summary>
    private static async Task<HookResult?> FoundAsync(string exitFile, SupervisorEnvironment environment, CancellationToken late)
    {
        if (await environment.Kernel.Run(() => HookRun.Search(exitFile)).ConfigureAwait(false) is { } alive)
        {
            using (alive)
            using (late.Register(() => alive.SendSignal(Signal.Kill)))
            {
                await environment.Reactor.WhenReadable(alive).ConfigureAwait(false);
            }
        }

        try
        {
            return int.TryParse(File.ReadAllText(exitFile), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                ? new HookResult(code, code == RuntimeExec.TimedOut, null, []) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static PidFd? Search(string exitFile)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && PidFd.TryOpen(pid) is { } process)
            {
                // Read after it was opened: what is read is of this process, or of none.
                if (CommandLine(pid).SkipWhile(word => word != "--exit-file").Skip(1).FirstOrDefault() == exitFile)
                {
                    return process;
                }

                process.Dispose();
            }
        }

        return null;
    }

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return []; // gone
        }
    }
}
