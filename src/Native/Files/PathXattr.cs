using System.Runtime.InteropServices;

namespace Devoxx.Native.Files;

/// <summary>Extended attributes by path, for what cannot be opened: links and devices. Tmds.LibC does not bind them.</summary>
internal static unsafe class PathXattr
{
    [DllImport("libc")]
    public static extern int lsetxattr(byte* path, byte* name, byte* value, nint size, int flags);

    [DllImport("libc")]
    public static extern nint lgetxattr(byte* path, byte* name, byte* value, nint size);

    [DllImport("libc")]
    public static extern nint llistxattr(byte* path, byte* list, nint size);

    /// <summary>The result, or the negative errno. Of these calls only the thread's own knows it: that of Tmds.LibC is of its own last call, whatever that was.</summary>
    public static nint Result(nint value) => value < 0 ? -LastErrno.Value : value;
}
