using Devoxx.Images;
using Devoxx.Native;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Control;
using Devoxx.Supervisor.Journal;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor;

/// <summary>The supervisor process: actors and control API together.</summary>
public static class SupervisorHost
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan PatienceWithPredecessor = TimeSpan.FromSeconds(10);

    /// <summary>Runs until it is told to leave, or is idle; returns the exit code: 0, or 1 when another supervisor holds the state root.</summary>
    /// <exception cref="JournalException">The journal cannot be used; the message says what to do.</exception>
    public static async Task<int> RunAsync(SupervisorOptions options, CancellationToken cancellation)
    {
        var root = options.Root;
        MakePrivate(root.Path);
        MakePrivate(root.RunDirectory);
        MakePrivate(root.ContainersDirectory);
        MakePrivate(root.VolumesDirectory);
        MakePrivate(root.RuntimeRoot);
        using var only = await LockAsync(root, cancellation).ConfigureAwait(false);
        if (only is null)
        {
            await Console.Error.WriteLineAsync($"{DateTimeOffset.UtcNow:O} another supervisor holds {root.Path}").ConfigureAwait(false);
            return 1;
        }

        Failpoint.Reach("supervisor.locked");
        InheritedOpenFiles.Raise();
        await File.WriteAllTextAsync(root.PidPath, Environment.ProcessId + "\n", cancellation).ConfigureAwait(false);
        var leaving = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cancelled = cancellation.UnsafeRegister(_ => leaving.TrySetResult("told to by a signal"), null);
        using var server = new ControlServer(root.SocketPath);
        using var journal = JournalDatabase.Open(root.JournalPath);
        Failpoint.Reach("supervisor.journal-open");
        using var images = ImageStore.Open(root.ImagesDirectory);
        using var kernel = new KernelThreads(Math.Max(4, Environment.ProcessorCount));
        using var reactor = new Reactor();
        using var runtime = SealedRuntime(options.RuntimePath);
        var environment = new SupervisorEnvironment(root, options.RuntimePath, kernel, reactor, CgroupHost.Detect(), images, TimeProvider.System)
        {
            RuntimeStart = runtime?.Path ?? options.RuntimePath,
        };
        var system = JournalConfig.StartSystem("devoxx", journal, EventCatalog.Types);
        var supervisor = system.ActorOf(
            Producer<SupervisorActor>.Props(() => new SupervisorActor(environment, options.IdleTimeout, why => leaving.TrySetResult(why))), "supervisor");
        var endpoints = new ControlEndpoints(supervisor, environment, UnderWay.Of(system), environment.Now, why => leaving.TrySetResult(why));
        await server.StartAsync(endpoints.HandleAsync, cancellation).ConfigureAwait(false);
        Failpoint.Reach("supervisor.listening");
        TellReady(options.ReadyFd);
        Failpoint.Reach("supervisor.ready");
        options.Ready?.Invoke();
        var trimming = JournalHousekeeping.RunAsync(journal, TimeProvider.System, leaving.Task);

        var why = await leaving.Task.ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"{environment.Now:O} supervisor leaves: {why}").ConfigureAwait(false);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await server.StopAsync(patience.Token).ConfigureAwait(false);
        if (cancellation.IsCancellationRequested && options.MachineStops is { } machineStops && await machineStops().ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"{environment.Now:O} the machine stops: containers are stopped first").ConfigureAwait(false);
            await MachineHalt.StopContainersAsync(supervisor, options.Stopping).ConfigureAwait(false);
        }

        await system.Terminate().ConfigureAwait(false);
        await trimming.ConfigureAwait(false);
        Failpoint.Reach("supervisor.leaving");
        RemoveIfEmpty(environment);
        return 0;
    }

    /// <summary>Null when there is no such executable: then it is the start of a container that says so.</summary>
    private static SealedExecutable? SealedRuntime(string path)
    {
        try
        {
            return SealedExecutable.Open(path);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>The lock on the state root. One that is leaving is waited for: it answers no more, and will be gone in a moment.</summary>
    private static async Task<FileLock?> LockAsync(StateRoot root, CancellationToken cancellation)
    {
        if (FileLock.TryAcquire(root.LockPath) is { } free)
        {
            return free;
        }

        try
        {
            return await Task.Factory
                .StartNew(() => FileLock.Acquire(root.LockPath), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(PatienceWithPredecessor, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static void MakePrivate(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, Private);
        }
    }

    private static void TellReady(int? fd)
    {
        if (fd is { } number)
        {
            using var ready = new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Write, bufferSize: 0);
            try
            {
                ready.WriteByte(1);
            }
            catch (IOException)
            {
                // EPIPE: who waited has given up meanwhile (a mistake in the stack file, Ctrl-C). The next command finds us.
            }
        }
    }

    /// <summary>The cgroup above all containers goes with the last of them.</summary>
    private static void RemoveIfEmpty(SupervisorEnvironment environment)
    {
        if (Cgroup.Children(environment.Cgroups, environment.Root.CgroupParent).IsEmpty)
        {
            Cgroup.OpenExisting(environment.Cgroups, environment.Root.CgroupParent)?.Remove();
            Cgroup.RemoveUnused(environment.Cgroups, environment.Root.CgroupParent);
        }
    }
}
