using System.Text;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Lets a created container's first process go on to its command.</summary>
internal static unsafe class StartRun
{
    public static void Run(Container container)
    {
        var status = container.Status;
        if (status != ContainerStatus.Created)
        {
            throw new SetupException(status == ContainerStatus.Stopped
                ? "cannot start a container that has stopped"
                : "cannot start an already running container");
        }

        using var init = container.State.Init.OpenIfAlive() ?? throw new SetupException("cannot start a container that has stopped");

        // Not blocking: the process that should be at the other end may have died meanwhile.
        var fifo = FileDescriptor.Open(container.Directory.FifoPath, Linux.O_RDONLY | Linux.O_NONBLOCK);
        Failpoint.Reach("start.release.before");
        using var epoll = new Monitor.Epoll();
        var initFd = (int)init.DangerousGetHandle();
        epoll.Add(fifo);
        epoll.Add(initFd);
        const int Longest = 4096;
        var told = stackalloc byte[Longest];
        var length = 0;
        while (length == 0 || told[0] == HookOperations.HookFailed)
        {
            var read = RawSyscall.Invoke(Nr.read, fifo, (nint)(told + length), Longest - length);
            if (read > 0)
            {
                length += (int)read;
                continue;
            }

            Monitor.Epoll.Event happened;
            if (epoll.Wait(&happened, 1, -1) == 1 && (int)happened.Fd == initFd)
            {
                // It has said all that it had to say.
                read = RawSyscall.Invoke(Nr.read, fifo, (nint)(told + length), Longest - length);
                throw Failure(Encoding.UTF8.GetString(told, length + (int)Math.Max(0, read)));
            }
        }

        Failpoint.Reach("start.release.after");
        FileDescriptor.Close(fifo);
        fixed (byte* path = Encoding.UTF8.GetBytes(container.Directory.FifoPath + "\0"))
        {
            RawSyscall.Invoke(Nr.unlink, (nint)path);
        }

        if (container.State.HasHooks)
        {
            PostStart(container);
        }
    }

    private static SetupException Failure(string told)
    {
        var number = told.LastIndexOf(' ') + 1;
        return told.Length > 0 && told[0] == HookOperations.HookFailed && int.TryParse(told.AsSpan(number), out var outcome)
            ? new SetupException(told[1..number] + HookOperations.Outcome(outcome))
            : new SetupException("container process is already dead");
    }

    // One that fails ends the container, and what is to come when it has been deleted comes now (runtime-spec, "Lifecycle").
    private static void PostStart(Container container)
    {
        var state = container.State;
        try
        {
            HookRun.All(
                "poststart", container.ReadSpec().Hooks?.Poststart,
                HookRun.State(state.Id, ContainerStatus.Running, state.Pid, state.Bundle, state.Annotations));
        }
        catch (SetupException)
        {
            DeleteRun.Run(container, force: true);
            throw;
        }
    }
}
