using System.Text;

namespace Devoxx.Native.Mounts;

/// <summary>open_tree(2), Linux 5.2.</summary>
public static unsafe class OpenTree
{
    public const int AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, AT_RECURSIVE = 0x8000, OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;

    /// <summary>A detached copy of the mount at <paramref name="path"/>: what a bind mount would attach.</summary>
    public static MountFd Clone(string path, bool recursive)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            var fd = RawSyscall.Invoke(
                Nr.open_tree, AT_FDCWD, (nint)p, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0));
            return fd >= 0
                ? new MountFd((int)fd)
                : throw new LinuxException("open_tree", (int)-fd, path, recursive ? "OPEN_TREE_CLONE|AT_RECURSIVE" : "OPEN_TREE_CLONE");
        }
    }
}
