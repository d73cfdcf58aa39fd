using System.Globalization;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Foreign;

/// <summary>
/// Has another runtime make a container and start its command (<c>create</c>, then <c>start</c>), with this process as the parent: as a child subreaper it
/// inherits the container's first process from the runtime, which leaves, and so sees its end as that of a child.
/// </summary>
internal sealed class ForeignStart(ForeignRuntime runtime, StateDirectory state, string bundle)
{
    /// <summary>Returns the first process once the command runs; <paramref name="streams"/> has the terminal if there is one. Throws when it does not; then nothing of it runs.</summary>
    public (int Pid, PidFd PidFd) Run(RuntimeSpec spec, CgroupEntry? cgroup, ContainerStreams streams)
    {
        const int PR_SET_CHILD_SUBREAPER = 36;
        FileDescriptor.Check(RawSyscall.Invoke(Nr.prctl, PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER");
        using var command = new ForeignCommand(runtime);
        var place = cgroup is null ? null : new CgroupPlace(cgroup.Tasks, cgroup.Directory);
        var listener = streams.IsTerminal ? UnixSocket.Listen(state.DirectoryPath, StateDirectory.ConsoleName) : -1;

        // By way of a descriptor, because a path in sockaddr_un has room for 108 bytes only (unix(7)), and ids are long.
        var directory = streams.IsTerminal ? FileDescriptor.Open(state.DirectoryPath, Linux.O_PATH | Linux.O_DIRECTORY) : -1;
        var nothing = new ChildDescriptors { Errors = -1 };
        Failpoint.Reach("monitor.launch.before");
        command.Run(
            [
                "create", "--bundle", ForeignRuntime.BundleIn(bundle), "--pid-file", state.PidPath,
                .. streams.IsTerminal ? new[] { "--console-socket", $"{ForeignCommand.OtherPath(directory)}/{StateDirectory.ConsoleName}" } : [],
                state.Id,
            ],
            nothing with { Stdin = streams.Stdin.Theirs, Stdout = streams.Stdout.Theirs, Stderr = streams.Stderr.Theirs },
            place,
            ForeignRoot.Of(spec, bundle, runtime));
        Failpoint.Reach("monitor.launch.after");
        FileDescriptor.Close(directory);
        var pid = int.Parse(File.ReadAllText(state.PidPath), NumberStyles.None, CultureInfo.InvariantCulture);

        // Its parent is this process, and has not reaped it: the pid cannot have become another's.
        var pidFd = PidFd.Open(pid);
        try
        {
            if (listener >= 0)
            {
                streams.Terminal = ReceiveTerminal(listener);
            }

            command.Run(["start", state.Id], nothing, place);
            return (pid, pidFd);
        }
        catch
        {
            pidFd.SendSignal(Signal.Kill);
            pidFd.Reap();
            pidFd.Dispose();
            throw;
        }
        finally
        {
            FileDescriptor.Close(listener);
        }
    }

    // It has been sent before `create` ended, and waits in the socket.
    private int ReceiveTerminal(int listener)
    {
        var connection = UnixSocket.Accept(listener);
        var terminal = connection < 0 ? -1 : FileDescriptor.Receive(connection);
        FileDescriptor.Close(connection);
        return terminal >= 0 ? terminal : throw new SetupException($"{runtime.Name} has not sent the container's terminal to {state.ConsolePath}");
    }
}
