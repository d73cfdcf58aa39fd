using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text.Json;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Monitors;

/// <summary>What came of starting a monitor: a run that goes on, or why there is none.</summary>
/// <param name="ExitCode">127 command not found, 126 not executable, 125 anything else.</param>
internal sealed record MonitorOutcome(RunningProcess? Process, PidFd? PidFd, string? Error, int ExitCode);

/// <summary>
/// The process that holds a container's output, reaps it and records its exit: <c>devoxx-runtime monitor</c>, one for each
/// run. It outlives the supervisor.
/// </summary>
internal static class MonitorProcess
{
    private const int StatusFd = 3;

    /// <summary>The number by which a monitor holds its container's socket for notifications, for the next supervisor.</summary>
    public const int NotifyFd = 4;

    /// <summary>How long a start may take. All that a monitor does is local: only a filesystem that does not answer holds it up for so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Writes the bundle, starts the monitor, and waits until the command runs or cannot.</summary>
    /// <param name="shared">Namespaces of others that it enters; null: none.</param>
    /// <param name="notifications">The monitor holds it open too.</param>
    /// <param name="abandoned">Nobody wants the run any more: the monitor is killed, with what it has made.</param>
    public static async Task<MonitorOutcome> StartAsync(
        ContainerSpec spec, SupervisorEnvironment environment, string cgroupPath, ImmutableDictionary<string, string> sources, ContainerNetwork network,
        SharedNamespaces? shared, NotifySocket? notifications, CancellationToken abandoned)
    {
        using var status = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        VolumeSubpaths? subpaths = null;
        SpawnedProcess spawned;
        try
        {
            spawned = await environment.Kernel.Run(() => MonitorProcess.Begin(spec, environment, cgroupPath, subpaths = VolumeSubpaths.Open(spec, sources), network, shared, status, notifications)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            subpaths?.Dispose();
            return new MonitorOutcome(null, null, e.Message, 125);
        }

        status.DisposeLocalCopyOfClientHandle();
        using var guard = new HelperGuard(spawned.Pid, () => spawned.PidFd.SendSignal(Signal.Kill), Patience, abandoned);
        var line = await ReadLineAsync(status, environment.Reactor).ConfigureAwait(false);
        subpaths?.Dispose();
        var reply = line.Length == 0 ? null : JsonSerializer.Deserialize(line, MonitorJson.Default.MonitorStatus);
        if (reply is { Error: null })
        {
            return new MonitorOutcome(
                new RunningProcess(reply.Pid, reply.StartTime, reply.MonitorPid, reply.MonitorStartTime, BootId.Current), spawned.PidFd, null, 0);
        }

        await environment.Reactor.WhenReadable(spawned.PidFd).ConfigureAwait(false);
        spawned.PidFd.TryReap();
        spawned.Dispose();
        // One that was killed, and not one that failed, leaves what it had claimed.
        await environment.Kernel.Run(() => MonitorProcess.Clear(environment.Root, spec.Id, search: false)).ConfigureAwait(false);
        if (reply is null && abandoned.IsCancellationRequested)
        {
            return new MonitorOutcome(null, null, "it was stopped while it started", 128 + Signal.Kill);
        }

        return new MonitorOutcome(
            null, null,
            reply?.Error ?? (guard.FoundStopped ? $"its monitor, process {spawned.Pid}, had been stopped (SIGSTOP) and was killed; start it again"
                : guard.FoundLate ? $"its monitor, process {spawned.Pid}, did not say within {InWords.Span(Patience)} whether the command runs, and was killed; see whether a filesystem that it uses answers, and start it again"
                : $"{environment.RuntimePath} monitor ended without a word; run it by hand on {environment.Root.Bundle(spec.Id)} to see why"),
            reply?.Kind switch { "exec-not-found" => 127, "exec-not-executable" => 126, _ => 125 });
    }

    private static SpawnedProcess Begin(
        ContainerSpec spec, SupervisorEnvironment environment, string cgroupPath, VolumeSubpaths sources, ContainerNetwork network, SharedNamespaces? shared,
        AnonymousPipeServerStream status, NotifySocket? notifications)
    {
        MonitorProcess.Clear(environment.Root, spec.Id, search: false);
        Bundle.Write(spec, environment, cgroupPath, sources, network, shared);
        Failpoint.Reach("bundle.written");
        return Spawn.Start(
            environment.RuntimeStart,
            Arguments(spec, environment.Root),
            Failpoint.Variables,
            extra:
            [
                (status.ClientSafePipeHandle, StatusFd),
                .. network.Reservation.Sockets.Select((s, n) => ((SafeHandle)s.SafeHandle, PortReservation.FirstFd + n)),
                .. new[] { notifications }.OfType<NotifySocket>().Select(s => ((SafeHandle)s, NotifyFd)),
            ],
            newSession: true);
    }

    /// <summary>The monitor of a run that an earlier supervisor has started; null when it is gone.</summary>
    public static PidFd? Adopt(RunningProcess process) =>
        new ProcessIdentity(process.MonitorPid, process.MonitorStartTime, process.BootId).OpenIfAlive();

    /// <summary>The exit record in the bundle if it belongs to the run; null otherwise.</summary>
    public static ExitRecord? ReadExit(string bundle, RunningProcess? process, DateTimeOffset startRequestedAt)
    {
        ExitRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(File.ReadAllBytes(bundle + "/exit.json"), MonitorJson.Default.ExitRecord);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }

        return record is null ? null
            : process is null ? (record.StartedAt >= startRequestedAt ? record : null)
            : record.Pid == process.Pid && record.StartTime == process.StartTime && record.BootId == process.BootId ? record : null;
    }

    /// <summary>The live run that the runtime's own state tells of, when the supervisor died before it could be told; null when there is none.</summary>
    public static RunningProcess? FindLive(StateRoot root, string containerId)
    {
        try
        {
            var state = JsonSerializer.Deserialize(
                File.ReadAllBytes($"{root.RuntimeRoot}/{containerId}/state.json"), MonitorJson.Default.MonitorStatus);
            var process = state is null ? null : new RunningProcess(state.Pid, state.StartTime, state.MonitorPid, state.MonitorStartTime, BootId.Current);
            if (process is null || state!.Pid == 0)
            {
                return null;
            }

            using var monitor = Adopt(process);
            return monitor is null ? null : process;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Ends and removes what a run that is over, or has never begun, may have left: a monitor that the journal does not
    /// know, the runtime's state, the room kept for an exit record. The record itself stays.
    /// </summary>
    /// <param name="search">Also for a monitor that has not written its state yet: reads the command line of every process.</param>
    /// <returns>Whether there was a monitor.</returns>
    public static bool Clear(StateRoot root, string containerId, bool search)
    {
        var live = FindLive(root, containerId) is { } known ? Adopt(known) : search ? Search(root, containerId) : null;
        if (live is not null)
        {
            using (live)
            {
                // Its container ends with it (PR_SET_PDEATHSIG).
                live.SendSignal(Signal.Kill);
                Poll.Readable(live, live, TimeSpan.FromSeconds(5));
            }
        }

        SafeTree.Delete($"{root.RuntimeRoot}/{containerId}");
        SafeTree.Delete($"{root.Bundle(containerId)}/exit.json.next");
        return live is not null;
    }

    private static PidFd? Search(StateRoot root, string containerId)
    {
        foreach (var name in Directory.EnumerateDirectories("/proc").Select(directory => Path.GetFileName(directory)))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && PidFd.TryOpen(pid) is { } process)
            {
                // Read after it was opened: what is read is of this process, or of none.
                if (CommandLine(pid) is [_, "monitor", "--root", var at, .., var id] && at == root.RuntimeRoot && id == containerId)
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
            return File.ReadAllText($"/proc/{Number(pid)}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return []; // gone
        }
    }

    private static List<string> Arguments(ContainerSpec spec, StateRoot root)
    {
        List<string> arguments =
        [
            "devoxx-runtime", "monitor", "--root", root.RuntimeRoot, "--bundle", root.Bundle(spec.Id), "--status-fd", Number(StatusFd),
        ];
        if (spec.Runtime is { } name)
        {
            var runtime = InstalledRuntimes.Find(name, root);
            arguments.AddRange("--runtime", runtime.Path, "--runtime-root", runtime.Root);
        }

        if (spec.Log.Driver == "none")
        {
            arguments.AddRange("--log-driver", "none");
        }
        else if (spec.Log.MaxSize is { } size)
        {
            arguments.AddRange("--log-max-size", Number(size), "--log-max-file", Number(spec.Log.MaxFile));
        }

        if (spec.Tty)
        {
            arguments.Add("--terminal");
        }

        if (spec.StdinOpen)
        {
            arguments.Add("--stdin");
        }

        if (spec.HoldOutput)
        {
            arguments.Add("--hold-output");
        }

        arguments.Add(spec.Id);
        return arguments;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task<byte[]> ReadLineAsync(AnonymousPipeServerStream pipe, Reactor reactor)
    {
        using var line = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            // Waits for the reactor, and only then reads: no thread blocks in read(2) for as long as a start takes.
            await reactor.WhenReadable(pipe.SafePipeHandle).ConfigureAwait(false);
            var count = pipe.Read(buffer);
            line.Write(buffer, 0, count);
            if (count == 0 || buffer[count - 1] == '\n')
            {
                return line.ToArray();
            }
        }
    }
}
