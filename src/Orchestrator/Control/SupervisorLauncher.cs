using System.Collections;
using System.IO.Pipes;
using System.Net.Sockets;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Systemd;
using Devoxx.Supervisor;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Orchestrator.Control;

/// <summary>
/// Starts the supervisor of a state root: this same executable with the verb <c>supervisor</c>, in a session of its own,
/// and waits until it answers. It says so by one byte through a pipe, so that nobody polls; if the pipe ends without
/// that byte, it has failed, and its log says why. The lock that keeps others from starting a second one is inherited
/// and let go when it answers: it holds even if the command that took it has gone by then.
/// </summary>
internal static class SupervisorLauncher
{
    private const int ReadyFd = 3;
    private const int SpawnLockFd = 4;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <exception cref="CommandFailedException">Not root, or it did not come up.</exception>
    public static async Task LaunchAsync(StateRoot root, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw NotRoot();
        }

        using var turn = await Task.Run(() => AcquireSpawnLock(root), cancellation);
        if (Listens(root))
        {
            // Another command had the same thought and was first.
            return;
        }

        if (await Systemctl.MachineStopsAsync())
        {
            throw new CommandFailedException("the machine stops: no supervisor is started any more, for it would start containers again");
        }

        var logBefore = File.Exists(root.SupervisorLogPath) ? new FileInfo(root.SupervisorLogPath).Length : 0;
        using var ready = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using (var log = AppendFile.Open(root.SupervisorLogPath))
        {
            Start(root, log, ready.ClientSafePipeHandle, turn.Handle).Dispose();
        }

        ready.DisposeLocalCopyOfClientHandle();
        var answer = new byte[1];
        if (await ready.ReadAsync(answer, cancellation) == 0)
        {
            throw new CommandFailedException($"the supervisor did not start:\n{LogSince(root, logBefore)}");
        }
    }

    /// <summary>Whoever has it is the only one to start a supervisor of this root; waits for it.</summary>
    public static FileLock AcquireSpawnLock(StateRoot root)
    {
        Directory.CreateDirectory(root.RunDirectory, OwnerOnly);
        return FileLock.Acquire(root.SpawnLockPath);
    }

    public static CommandFailedException NotRoot() => new(
        $"{CommandLine.Program} must run as root: it makes namespaces, mounts and cgroups itself. Run it as root or with sudo");

    private static SpawnedProcess Start(StateRoot root, SafeFileHandle log, SafePipeHandle ready, SafeFileHandle spawnLock) => Spawn.Start(
        Environment.ProcessPath!,
        [CommandLine.Program, "supervisor", "--" + GlobalOptions.Root.Name, root.Path, "--ready-fd", ReadyFd.ToString(), "--spawn-lock-fd", SpawnLockFd.ToString()],
        InheritedVariables(),
        stdin: null,
        stdout: log,
        stderr: log,
        extra: [(ready, ReadyFd), (spawnLock, SpawnLockFd)],
        newSession: true);

    /// <summary>It outlives this command and serves others: of the environment it gets what concerns itself only.</summary>
    private static List<string> InheritedVariables()
    {
        // A nursery of 2 MiB instead of one as large as the processor's cache: a third less memory with 50 containers, no
        // slower (bench/). The collector takes this from the environment only.
        var inherited = new List<string> { "DOTNET_GCgen0size=0x200000" };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name is "PATH" or "HOME" or "TMPDIR"
                || name.StartsWith("DEVOXX_", StringComparison.Ordinal)
                || name.StartsWith("DOTNET_", StringComparison.Ordinal)
                || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase))
            {
                inherited.Add($"{name}={variable.Value}");
            }
        }

        return inherited;
    }

    private static bool Listens(StateRoot root)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(root.SocketPath));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What the supervisor wrote to its log in this attempt.</summary>
    private static string LogSince(StateRoot root, long offset)
    {
        using var log = File.OpenRead(root.SupervisorLogPath);
        log.Seek(Math.Min(offset, log.Length), SeekOrigin.Begin);
        var text = new StreamReader(log).ReadToEnd().TrimEnd();
        return text.Length > 0 ? text : $"it left without a word; see {root.SupervisorLogPath}";
    }
}
