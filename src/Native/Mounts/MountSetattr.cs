using System.Runtime.InteropServices;

namespace Devoxx.Native.Mounts;

/// <summary>mount_setattr(2), Linux 5.12.</summary>
public static unsafe class MountSetattr
{
    /// <summary>struct mount_attr (linux/mount.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attributes
    {
        public ulong Set, Clear, Propagation, UserNamespaceFd;
    }

    /// <summary>Sets and clears attributes of a mount, or of all mounts below it too.</summary>
    public static void Apply(MountFd mount, MountAttributes set, MountAttributes clear = 0, bool recursive = false)
    {
        var attributes = new Attributes { Set = (ulong)set, Clear = (ulong)clear };
        fixed (byte* empty = "\0"u8)
        {
            var result = RawSyscall.Invoke(
                Nr.mount_setattr,
                mount.Number,
                (nint)empty,
                OpenTree.AT_EMPTY_PATH | (recursive ? OpenTree.AT_RECURSIVE : 0),
                (nint)(&attributes),
                sizeof(Attributes));
            GC.KeepAlive(mount);
            if (result < 0)
            {
                throw new LinuxException("mount_setattr", (int)-result, $"mount fd {mount.Number}", set.ToString());
            }
        }
    }
}
