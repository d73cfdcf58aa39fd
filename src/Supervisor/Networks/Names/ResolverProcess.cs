using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Oci.Names;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>A resolver just started.</summary>
internal sealed record StartedResolver(ProcessIdentity Identity, PidFd PidFd);

/// <summary>What was found of the resolver and of those it serves.</summary>
/// <param name="Alive">Null: none runs.</param>
/// <param name="Live">Those of the containers whose process lives: only for them is a resolver needed.</param>
internal sealed record SeenResolver(
    ProcessIdentity? Alive, PidFd? PidFd, ImmutableHashSet<string> Containers, ImmutableHashSet<string> Live, ImmutableHashSet<string> Networks);

/// <summary>
/// <c>devoxx-runtime resolver</c>, one for each state root, which outlives the supervisor, and the files that tell it what to answer. It has none of its
/// own: one that takes over reads the same.
/// </summary>
internal static class ResolverProcess
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Another one serves the directory.</summary>
    public const int Occupied = 75;

    public static StartedResolver Start(string runtime, NamesDirectory directory)
    {
        Prepare(directory);
        using var log = File.OpenHandle(directory.Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        var spawned = Spawn.Start(runtime, ["devoxx-runtime", "resolver", "--directory", directory.Path], [], stderr: log, newSession: true);
        return new StartedResolver(ProcessIdentity.Of(spawned.Pid)!, spawned.PidFd);
    }

    /// <summary>The one that serves the directory, whoever has started it. Before anything is written: what a crash left half written goes.</summary>
    public static SeenResolver Look(NamesDirectory directory)
    {
        RemoveHalfWritten(directory);
        var process = Read(directory.Process) is { } bytes ? JsonSerializer.Deserialize(bytes, NamesJson.Default.ResolverProcessRecord) : null;
        var identity = process is null ? null : new ProcessIdentity(process.Pid, process.StartTime, process.BootId);
        var pidFd = identity?.OpenIfAlive();
        var containers = Ids(directory.Containers);
        return new SeenResolver(pidFd is null ? null : identity, pidFd, containers, [.. containers.Where(id => Lives(directory, id))], Ids(directory.Networks));
    }

    private static void RemoveHalfWritten(NamesDirectory directory)
    {
        foreach (var path in (ReadOnlySpan<string>)[directory.Networks, directory.Containers])
        {
            foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path, "*.tmp") : [])
            {
                File.Delete(file);
            }
        }
    }

    private static bool Lives(NamesDirectory directory, string containerId)
    {
        var client = Read(directory.Client(containerId)) is { } bytes ? JsonSerializer.Deserialize(bytes, NamesJson.Default.ResolverClient) : null;
        using var alive = client is null ? null : new ProcessIdentity(client.Pid, client.StartTime, BootId.Current).OpenIfAlive();
        return alive is not null;
    }

    /// <summary>Makes the directories; true, so that it can be waited for.</summary>
    public static bool Prepare(NamesDirectory directory)
    {
        foreach (var path in (ReadOnlySpan<string>)[directory.Path, directory.Networks, directory.Containers, directory.Served])
        {
            Directory.CreateDirectory(path, Private);
        }

        return true;
    }

    /// <summary>Writes each file whole, or removes it, in this order.</summary>
    /// <param name="files">Null: removed.</param>
    public static bool Write(NamesDirectory directory, IReadOnlyList<(string Path, byte[]? Bytes)> files)
    {
        Prepare(directory);
        foreach (var (path, bytes) in files)
        {
            if (bytes is null)
            {
                File.Delete(path);
            }
            else
            {
                AtomicFile.Write(path, bytes, durable: false);
            }
        }

        return true;
    }

    /// <summary>What the resolver has said on a container; null: nothing yet.</summary>
    public static ResolverAnswer? Answer(NamesDirectory directory, string containerId) =>
        Read(directory.Answer(containerId)) is { } bytes ? JsonSerializer.Deserialize(bytes, NamesJson.Default.ResolverAnswer) : null;

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static ImmutableHashSet<string> Ids(string directory) => !Directory.Exists(directory) ? []
        : [.. Directory.GetFiles(directory, "*" + NamesDirectory.Extension).Select(path => Path.GetFileNameWithoutExtension(path))];
}
