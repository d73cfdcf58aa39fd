using System.Globalization;
using Devoxx.Native.Files;

namespace Devoxx.Images.Storage;

/// <summary>
/// A directory for what one load or pull is making, and its claim on layers that it is going to use. It lives as long as its lock is held, so what a
/// crash leaves is known to be left over.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private readonly string _path;
    private readonly FileLock _alive;
    private int _next;

    private Workspace(string path, FileLock alive)
    {
        _path = path;
        _alive = alive;
    }

    /// <summary>Layers whose numbers stand here, one a line, are not collected.</summary>
    private string Leases => _path + "/leases";

    public static Workspace Create(StoreLayout layout)
    {
        // The store's lock keeps a cleaner from seeing the directory before it is locked.
        using var exclusive = FileLock.Acquire(layout.Lock);
        var path = $"{layout.Work}/{Environment.ProcessId}-{Guid.NewGuid():N}";
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Workspace(path, FileLock.TryAcquire(path + "/lock")!);
    }

    /// <summary>A path in it that nobody has used yet.</summary>
    public string NewPath() => $"{_path}/{Interlocked.Increment(ref _next)}";

    /// <summary>A new directory in it.</summary>
    public string NewDirectory()
    {
        var path = NewPath();
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Claims a layer. To be called under the store's lock.</summary>
    public void Lease(long layer) => File.AppendAllText(Leases, layer.ToString(CultureInfo.InvariantCulture) + "\n");

    /// <summary>Layers claimed by anybody. To be called under the store's lock.</summary>
    public static HashSet<long> Leased(StoreLayout layout)
    {
        var leased = new HashSet<long>();
        foreach (var path in Directory.EnumerateDirectories(layout.Work))
        {
            if (File.Exists(path + "/leases"))
            {
                leased.UnionWith(File.ReadLines(path + "/leases").Where(line => line.Length > 0).Select(line => long.Parse(line, CultureInfo.InvariantCulture)));
            }
        }

        return leased;
    }

    /// <summary>Deletes what interrupted processes have left.</summary>
    public static void Clean(StoreLayout layout)
    {
        foreach (var path in Directory.EnumerateDirectories(layout.Work))
        {
            using var exclusive = FileLock.Acquire(layout.Lock);
            if (Directory.Exists(path) && FileLock.TryAcquire(path + "/lock") is { } dead)
            {
                SafeTree.Delete(path);
                dead.Dispose();
            }
        }

        // A write that was interrupted between its temporary file and its name.
        using (FileLock.Acquire(layout.Lock))
        {
            foreach (var temporary in Directory.EnumerateFiles(layout.Root, "index.json.*.tmp"))
            {
                File.Delete(temporary);
            }
        }
    }

    public void Dispose()
    {
        SafeTree.Delete(_path);
        _alive.Dispose();
    }
}
