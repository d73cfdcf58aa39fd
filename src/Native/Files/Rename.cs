using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>rename(2): what .NET's own moves refuse, replacing an empty directory in one step.</summary>
public static unsafe class Rename
{
    /// <exception cref="LinuxException">ENOTEMPTY when the target holds something, EXDEV when it is on another filesystem, …</exception>
    public static void Over(string from, string to)
    {
        fixed (byte* source = CPath.Of(from))
        fixed (byte* target = CPath.Of(to))
        {
            var status = Renameat.Call(AT_FDCWD, source, AT_FDCWD, target);
            if (status < 0)
            {
                throw new LinuxException("rename", -status, $"{from} to {to}");
            }
        }
    }
}
