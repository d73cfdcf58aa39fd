using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Mounts;

/// <summary>move_mount(2), Linux 5.2.</summary>
public static unsafe class MoveMount
{
    public const int MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    /// <summary>Attaches a detached mount at a path of a container, which was opened inside its root.</summary>
    /// <param name="target">Open as <c>O_PATH</c>.</param>
    public static void Attach(MountFd mount, SafeHandle target, string shown)
    {
        fixed (byte* empty = "\0"u8)
        {
            var result = RawSyscall.Invoke(
                Nr.move_mount, mount.Number, (nint)empty, target.DangerousGetHandle(), (nint)empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
            GC.KeepAlive(mount);
            GC.KeepAlive(target);
            if (result < 0)
            {
                throw new LinuxException("move_mount", (int)-result, shown, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH");
            }
        }
    }

    /// <summary>Attaches a detached mount at a path.</summary>
    public static void Attach(MountFd mount, string target)
    {
        fixed (byte* empty = "\0"u8)
        fixed (byte* t = Encoding.UTF8.GetBytes(target + "\0"))
        {
            var result = RawSyscall.Invoke(Nr.move_mount, mount.Number, (nint)empty, OpenTree.AT_FDCWD, (nint)t, MOVE_MOUNT_F_EMPTY_PATH);
            GC.KeepAlive(mount);
            if (result < 0)
            {
                throw new LinuxException("move_mount", (int)-result, target, "MOVE_MOUNT_F_EMPTY_PATH");
            }
        }
    }
}
