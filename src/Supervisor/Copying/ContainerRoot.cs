using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Control;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace Devoxx.Supervisor.Copying;

/// <summary>
/// The root of a container, by descriptor: of one that runs, as its own processes see it; of one that does not, put together again from its image's layers,
/// what it has written, and its volumes, in a mount namespace that nobody else is in.
/// </summary>
public sealed class ContainerRoot : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Open755 = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly ContainerFilesView container;
    private readonly PrivateMounts? mounts;

    private ContainerRoot(ContainerFilesView container, DirectoryFd directory, PrivateMounts? mounts)
    {
        this.container = container;
        Directory = directory;
        this.mounts = mounts;
    }

    public DirectoryFd Directory { get; }

    /// <exception cref="IOException">It has just ended, or its image is gone.</exception>
    /// <exception cref="LinuxException">The kernel refused something.</exception>
    public static ContainerRoot Open(ContainerFilesView container) =>
        (container.Process is { } process ? OpenRunning(container, process) : null) ?? OpenStopped(container);

    /// <summary>Whether what is at this path of the container can be written to, and is what the container will see.</summary>
    /// <exception cref="IOException">It cannot, or is not; the message says why.</exception>
    public void CheckWritable(string path)
    {
        var mount = MountOf(path);
        if (mount is { ReadOnly: true } || (mount is null && container.ReadOnly))
        {
            throw new IOException($"container {container.Name}: {mount?.Target ?? "its root filesystem"} is marked read-only");
        }
    }

    /// <exception cref="IOException">It is in a volume that is mounted only while a container runs.</exception>
    public void CheckReachable(string path)
    {
        if (MountOf(path) is { Path: null } mount && container.Process is null)
        {
            throw new IOException($"container {container.Name} does not run, and the volume on {mount.Target} is mounted only while it does; start it first");
        }
    }

    public void Dispose()
    {
        Directory.Dispose();
        mounts?.Dispose();
    }

    private ContainerMountView? MountOf(string path) => container.Mounts
        .Where(mount => path == mount.Target || path.StartsWith(mount.Target + "/", StringComparison.Ordinal)).MaxBy(mount => mount.Target.Length);

    /// <returns>Null when it has ended meanwhile.</returns>
    private static ContainerRoot? OpenRunning(ContainerFilesView container, FirstProcessView process)
    {
        var identity = new ProcessIdentity(process.Pid, process.StartTime, process.BootId);
        using var alive = identity.OpenIfAlive();
        if (alive is null)
        {
            return null;
        }

        SafeFileHandle root;
        try
        {
            root = SafeTree.OpenDirectory($"/proc/{process.Pid}/root");
        }
        catch (LinuxException)
        {
            return null;
        }

        // Still the same process now, and so it was its root that was opened.
        using (root)
        using (var still = identity.OpenIfAlive())
        {
            return still is null ? null : new ContainerRoot(container, DirectoryFd.Of(root), null);
        }
    }

    private static ContainerRoot OpenStopped(ContainerFilesView container)
    {
        if (container.Layers.IsEmpty)
        {
            throw new IOException($"container {container.Name}: its image is no longer in the store");
        }

        DirectoryFd? root = null;
        var mounts = PrivateMounts.Make(() => root = Assemble(container));
        return new ContainerRoot(container, root!, mounts);
    }

    private static DirectoryFd Assemble(ContainerFilesView container)
    {
        // As the first run makes them; one that has never run has none.
        foreach (var (name, mode) in (ReadOnlySpan<(string, UnixFileMode)>)[("", Private), ("/rootfs", Open755), ("/upper", Open755), ("/work", Private), ("/etc", Open755)])
        {
            if (!System.IO.Directory.Exists(container.Bundle + name))
            {
                System.IO.Directory.CreateDirectory(container.Bundle + name, mode);
                File.SetUnixFileMode(container.Bundle + name, mode);
            }
        }

        var rootfs = container.Bundle + "/rootfs";
        using (var overlay = DetachedOverlay.OpenWritable(container.Layers, container.Bundle + "/upper", container.Bundle + "/work"))
        {
            MoveMount.Attach(overlay, rootfs);
        }

        using var root = SafeTree.OpenDirectory(rootfs);
        foreach (var mount in container.Mounts.OrderBy(mount => mount.Target.Count(c => c == '/')).ThenBy(mount => mount.Target, StringComparer.Ordinal))
        {
            if (mount.Path is { } path && Path.Exists(path))
            {
                Bind(root, path, mount.Target);
            }
        }

        return DirectoryFd.Of(root);
    }

    /// <summary>What is to be mounted, and where, are both opened before: nothing can be swapped in between (CVE-2021-30465).</summary>
    private static void Bind(SafeFileHandle root, string path, string target)
    {
        using var place = System.IO.Directory.Exists(path)
            ? PathInRoot.MakeDirectories(root, target, 0b111_101_101)
            : PathInRoot.OpenExisting(root, target, LibC.O_PATH);
        if (place is not null)
        {
            using var source = OpenTree.Clone(path, recursive: true);
            MoveMount.Attach(source, place, target);
        }
    }
}
