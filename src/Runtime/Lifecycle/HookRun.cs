using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>The hooks that run beside the container, in the runtime's own namespaces: <c>prestart createRuntime poststart poststop</c>.</summary>
internal static class HookRun
{
    /// <summary>Runs them one after the other; the first that fails throws.</summary>
    /// <param name="kind">As config.json calls them.</param>
    public static void All(string kind, IReadOnlyList<Hook>? hooks, ReadOnlySpan<byte> state)
    {
        for (var i = 0; i < (hooks?.Count ?? 0); i++)
        {
            One(kind, i, hooks![i], state);
        }
    }

    /// <summary>The state that hooks read (runtime-spec, "State").</summary>
    /// <param name="pid">0 when the container's process is gone.</param>
    public static byte[] State(string id, string status, int pid, string bundle, IReadOnlyDictionary<string, string>? annotations) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersion", StateFile.OciVersion);
        writer.WriteString("id", id);
        writer.WriteString("status", status);
        if (pid > 0)
        {
            writer.WriteNumber("pid", pid);
        }

        writer.WriteString("bundle", bundle);
        writer.WriteMap("annotations", annotations);
        writer.WriteEndObject();
    });

    /// <summary>Throws when it fails.</summary>
    public static void One(string kind, int index, Hook hook, ReadOnlySpan<byte> state)
    {
        using var input = new SafeFileHandle(MemoryFile.Of("state", state), ownsHandle: true);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        using var errors = new SafeFileHandle(2, ownsHandle: false);
        SpawnedProcess process;
        try
        {
            process = Spawn.Start(hook.Path, HookOperations.ArgumentsOf(hook), HookOperations.EnvironmentOf(hook), input, output, errors);
        }
        catch (LinuxException e)
        {
            throw new SetupException($"{HookOperations.Name(kind, index)}: {e.Message}");
        }

        using (process)
        {
            var code = Await(process.PidFd, HookOperations.TimeoutOf(hook));
            if (code != 0)
            {
                throw new SetupException($"{HookOperations.Name(kind, index)}: {hook.Path}: {HookOperations.Outcome(code)}");
            }
        }
    }

    private static unsafe int Await(PidFd process, int timeoutMs)
    {
        using var epoll = new Monitor.Epoll();
        epoll.Add((int)process.DangerousGetHandle());
        Monitor.Epoll.Event happened;
        var deadline = Environment.TickCount64 + timeoutMs;
        int ready;
        do
        {
            var left = timeoutMs < 0 ? -1 : (int)Math.Max(0, deadline - Environment.TickCount64);
            ready = epoll.Wait(&happened, 1, left);
        }
        while (ready == 0 && (timeoutMs < 0 || Environment.TickCount64 < deadline));
        if (ready == 0)
        {
            process.SendSignal(Signal.Kill);
            process.Reap();
            return HookProcess.TimedOut;
        }

        var status = process.Reap();
        return status.Signal is { } signal ? HookProcess.Signalled + signal : status.ExitCode == 0 ? 0 : HookProcess.Exited + status.ExitCode;
    }
}
