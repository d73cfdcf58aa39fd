using System.Text;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Runtimes;

/// <summary>
/// What another runtime keeps of a container, which it lets go by its <c>delete --force</c>. Only after the container's cgroup has been counted and removed: those
/// that know of it would remove it, and the counters with it. That a run was asked for is in the journal, and its end comes after this: so a crash between
/// the two does it again.
/// </summary>
internal static class ForeignState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Does nothing for a container of ours, and where nothing is kept.</summary>
    /// <returns>Null, or why something may be left of it.</returns>
    public static string? Delete(StateRoot root, ContainerSpec spec)
    {
        if (spec.Runtime is not { } name || !Directory.Exists($"{root.RuntimeStates(name)}/{spec.Id}"))
        {
            return null;
        }

        try
        {
            Failpoint.Around("runtime.delete", () => Call(InstalledRuntimes.Find(name, root), "delete", "--force", spec.Id));
            return null;
        }
        catch (IOException e)
        {
            // Its processes were killed with the cgroup; without its state the next run can begin.
            SafeTree.Delete($"{root.RuntimeStates(name)}/{spec.Id}");
            return e.Message;
        }
    }

    /// <summary>Removes the state of containers that are no longer there to name their runtime. Their processes go with their cgroups.</summary>
    /// <param name="isKnown">Whether there is a container of this id.</param>
    public static void DeleteOrphans(StateRoot root, Func<string, bool> isKnown)
    {
        if (!Directory.Exists(root.RuntimeStatesDirectory))
        {
            return;
        }

        foreach (var state in Directory.GetDirectories(root.RuntimeStatesDirectory).SelectMany(Directory.GetDirectories).Where(path => !isKnown(Path.GetFileName(path))))
        {
            SafeTree.Delete(state);
        }
    }

    private static bool Call(ForeignRuntime runtime, params string[] verb)
    {
        using var pipe = new OutputPipe();
        using var process = Spawn.Start(
            runtime.Path, runtime.Command(log: null, verb), ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], stdout: pipe.Writer, stderr: pipe.Writer, newSession: true);
        pipe.Writer.Dispose();
        Poll.Readable(process.PidFd, process.PidFd, Patience);
        if (process.PidFd.TryReap() is not { } status)
        {
            process.PidFd.SendSignal(Signal.Kill);
            status = process.PidFd.Reap();
        }

        return status.ExitCode == 0 ? true : throw new IOException($"{runtime.Name} {string.Join(' ', verb)}: {Said(pipe, status)}");
    }

    private static string Said(OutputPipe pipe, ExitStatus status)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var said = pipe.TryRead(buffer) is { } length ? Encoding.UTF8.GetString(buffer[..length]).Trim() : "";
        return said.Length > 0 ? said : status.Signal is { } signal ? Signal.Name(signal) : $"exit code {status.ExitCode}";
    }
}
