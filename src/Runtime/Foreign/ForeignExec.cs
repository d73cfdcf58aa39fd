using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Exec;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Foreign;

/// <summary>A further process in a container that another runtime has made: by that one's <c>exec</c>, which has our standard descriptors.</summary>
internal static class ForeignExec
{
    /// <summary>Runs the process and returns its exit code; 0 at once when detached.</summary>
    public static int Run(ForeignRuntime runtime, StateDirectory directory, Process process, ExecRun asked, CgroupPlace? cgroup)
    {
        using var command = new ForeignCommand(runtime);
        var file = MemoryFile.Of("process", ProcessJson.Write(process));
        var nothing = asked.NullStandardDescriptors && !process.Terminal ? FileDescriptor.Open("/dev/null", Linux.O_RDWR) : -1;
        var (pid, pidFd) = command.Start(
            [
                "exec", "--process", ForeignCommand.OtherPath(file),
                .. asked.Detach ? new[] { "--detach" } : [],
                .. asked.PidFile is { } pidFile ? new[] { "--pid-file", pidFile } : [],
                .. asked.ConsoleSocket is { } socket ? new[] { "--console-socket", socket } : [],
                .. asked.PreservedFds > 0 ? new[] { "--preserve-fds", asked.PreservedFds.ToString(System.Globalization.CultureInfo.InvariantCulture) } : [],
                directory.Id,
            ],
            new ChildDescriptors { Errors = -1, Stdin = nothing, Stdout = nothing, Stderr = nothing, Preserved = asked.PreservedFds },
            cgroup);
        using (pidFd)
        {
            using var signals = new SignalForwarding(pidFd);
            if (asked.Timeout is { } milliseconds && !ExecRun.HasEnded(pidFd, milliseconds))
            {
                Kill(pid, pidFd);
                return ExecRun.TimedOut;
            }

            var status = ExecRun.Wait(pidFd);

            // It has told standard error itself; its own code is the same for whatever went wrong.
            return status.ExitCode != 0 && command.Error() is { } error ? FailureKind.ExitCode(ForeignLog.KindOf(error)) : status.ExitCode;
        }
    }

    // The process in the container first, with its session, which runc's begins and crun's is put into: once the runtime is gone, nothing tells whose it was.
    private static void Kill(int runtime, PidFd pidFd)
    {
        foreach (var session in ProcessTree.SessionsBelow(runtime))
        {
            ProcessTree.Kill(session);
        }

        ProcessTree.Kill(runtime);
        pidFd.Reap();
    }
}
