using Devoxx.Native.Mounts;

namespace Devoxx.Runtime.Tests.World;

/// <summary>Mounts that tests make on the host.</summary>
internal static class Mounting
{
    public static void Tmpfs(string path) => Native.Mounts.Mount.Make("tmpfs", path, "tmpfs", MountFlags.None, "size=1m");

    public static void Unmount(string path) => Native.Mounts.Mount.Unmount(path, UnmountFlags.None);

    /// <summary>Makes a directory a shared mount of its own until disposed.</summary>
    public static IDisposable Shared(string path)
    {
        Command.Run("mount", "--bind", path, path).Succeeded();
        Command.Run("mount", "--make-shared", path).Succeeded();
        return new Undo(path);
    }

    private sealed class Undo(string path) : IDisposable
    {
        public void Dispose() => Command.Run("umount", "--recursive", path).Succeeded();
    }
}
