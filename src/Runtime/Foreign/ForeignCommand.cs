using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Foreign;

/// <summary>One call of another runtime, with the log in which it says why it failed.</summary>
internal sealed class ForeignCommand(ForeignRuntime runtime) : IDisposable
{
    // In memory, under a name that the other process can open: nothing of it is left behind whatever ends us.
    private readonly int _log = MemoryFile.Create("log");

    /// <summary>Starts it; the caller waits for it.</summary>
    /// <param name="verb">The verb and what belongs to it.</param>
    /// <param name="fds">Standard descriptors; their <c>Errors</c> and cgroup are added here.</param>
    /// <param name="cgroup">What it starts in if it leaves cgroups alone; null: ours.</param>
    /// <param name="root">What it is to find mounted, in a namespace of its own.</param>
    public (int Pid, PidFd PidFd) Start(IReadOnlyList<string> verb, ChildDescriptors fds, CgroupPlace? cgroup, ForeignRoot? root = null)
    {
        var errors = FileDescriptor.Pipe();
        var joined = runtime.LeavesCgroups ? cgroup : null;
        using var operations = ForeignProgram.Build(
            runtime, runtime.Command(OtherPath(_log), verb), fds with { Errors = errors.Write, CgroupTasks = joined?.Tasks ?? [] }, root);
        var (pid, pidFd) = Launcher.Launch(operations, root is null ? 0 : CloneFlags.CLONE_NEWNS, errors.Write, joined?.Directory ?? -1);
        FileDescriptor.Close(errors.Write);
        try
        {
            ChildReport.Read(errors.Read, operations);
            return (pid, pidFd);
        }
        catch (SetupException e)
        {
            pidFd.Reap();
            pidFd.Dispose();

            // What could not be executed is the runtime, not the container's command.
            throw new SetupException($"runtime {runtime.Path}: {e.Message}");
        }
        finally
        {
            FileDescriptor.Close(errors.Read);
        }
    }

    /// <summary>Starts it and waits; throws what it has to say when it fails.</summary>
    public void Run(IReadOnlyList<string> verb, ChildDescriptors fds, CgroupPlace? cgroup, ForeignRoot? root = null)
    {
        var (_, pidFd) = Start(verb, fds, cgroup, root);
        using (pidFd)
        {
            var status = ExecRun.Wait(pidFd);
            if (status.ExitCode != 0)
            {
                var error = Error();
                throw error is null
                    ? new SetupException($"{runtime.Name} {verb[0]} ended with {(status.Signal is { } signal ? Signal.Name(signal) : $"exit code {status.ExitCode}")} and did not say why")
                    : new SetupException($"{runtime.Name}: {error}", ForeignLog.KindOf(error));
            }
        }
    }

    /// <summary>The last error that it has written down; null when there is none.</summary>
    public string? Error()
    {
        using var log = new FileStream(OtherPath(_log), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        log.CopyTo(content);
        return ForeignLog.LastError(content.ToArray());
    }

    /// <summary>The path by which another process opens a descriptor of ours.</summary>
    public static string OtherPath(int fd) => $"/proc/{Environment.ProcessId}/fd/{fd}";

    public void Dispose() => FileDescriptor.Close(_log);
}
