using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Files;

/// <summary>Extended attributes, xattr(7), of open files (<c>O_PATH</c> descriptors have none to give).</summary>
public static unsafe partial class Xattr
{
    private const int Enodata = 61, Erange = 34, Enotsup = 95;

    // XATTR_SIZE_MAX and XATTR_LIST_MAX of linux/limits.h.
    private const int MaxSize = 64 * 1024;

    [DllImport("libc")]
    private static extern nint fgetxattr(int fd, byte* name, void* value, nuint size);

    [DllImport("libc")]
    private static extern int fsetxattr(int fd, byte* name, void* value, nuint size, int flags);

    [DllImport("libc")]
    private static extern nint flistxattr(int fd, byte* list, nuint size);

    /// <summary>The attribute's value; null when the file has none of that name or its file system has no attributes.</summary>
    /// <param name="name">With its namespace: <c>user.origin</c>.</param>
    public static byte[]? Get(SafeFileHandle file, string name)
    {
        fixed (byte* n = CPath.Of(name))
        {
            var value = Get(FileCalls.Number(file), n, name);
            GC.KeepAlive(file);
            return value;
        }
    }

    /// <exception cref="LinuxException">ENOTSUP, EPERM, ENOSPC …</exception>
    public static void Set(SafeFileHandle file, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* n = CPath.Of(name))
        {
            Set(FileCalls.Number(file), n, value, name);
            GC.KeepAlive(file);
        }
    }

    /// <summary>The names of all attributes that may be seen; none where the file system has no attributes.</summary>
    public static IReadOnlyList<string> List(SafeFileHandle file)
    {
        var names = new List<string>();
        foreach (var name in Names(FileCalls.Number(file), "file"))
        {
            names.Add(Encoding.UTF8.GetString(name.AsSpan(0, name.Length - 1)));
        }

        GC.KeepAlive(file);
        return names;
    }

    /// <summary>
    /// Copies every attribute that the target's file system takes. ENOTSUP is no error for those that its kind never has
    /// (rsync -X and cp -a do the same); losing <c>security.capability</c> is.
    /// </summary>
    internal static void CopyAll(int from, int to, string subject)
    {
        foreach (var name in Names(from, subject))
        {
            fixed (byte* n = name)
            {
                var shown = CPath.Show(name);
                if (Get(from, n, shown) is { } value)
                {
                    fixed (byte* v = value)
                    {
                        if (fsetxattr(to, n, v, (nuint)value.Length, 0) < 0 && LastErrno.Value is var error
                            && (error != Enotsup || shown == "security.capability"))
                        {
                            throw new LinuxException("fsetxattr", error, $"{shown} of {subject}");
                        }
                    }
                }
            }
        }
    }

    private static byte[]? Get(int fd, byte* name, string shown)
    {
        var buffer = stackalloc byte[512];
        var got = fgetxattr(fd, name, buffer, 512);
        if (got >= 0)
        {
            return new ReadOnlySpan<byte>(buffer, (int)got).ToArray();
        }

        if (LastErrno.Value == Erange)
        {
            var large = new byte[MaxSize];
            fixed (byte* p = large)
            {
                got = fgetxattr(fd, name, p, MaxSize);
                if (got >= 0)
                {
                    return large.AsSpan(0, (int)got).ToArray();
                }
            }
        }

        return LastErrno.Value is var error and (Enodata or Enotsup) ? null : throw new LinuxException("fgetxattr", LastErrno.Value, shown);
    }

    private static void Set(int fd, byte* name, ReadOnlySpan<byte> value, string shown)
    {
        fixed (byte* v = value)
        {
            if (fsetxattr(fd, name, v, (nuint)value.Length, 0) < 0)
            {
                throw new LinuxException("fsetxattr", LastErrno.Value, shown);
            }
        }
    }

    private static List<byte[]> Names(int fd, string subject)
    {
        var names = new List<byte[]>();
        var size = flistxattr(fd, null, 0);
        if (size <= 0)
        {
            return size == 0 || LastErrno.Value == Enotsup ? names : throw new LinuxException("flistxattr", LastErrno.Value, subject);
        }

        var list = new byte[MaxSize];
        fixed (byte* p = list)
        {
            size = flistxattr(fd, p, MaxSize);
            if (size < 0)
            {
                throw new LinuxException("flistxattr", LastErrno.Value, subject);
            }
        }

        for (var at = 0; at < size;)
        {
            var length = list.AsSpan(at).IndexOf((byte)0) + 1;
            names.Add(list.AsSpan(at, length).ToArray());
            at += length;
        }

        return names;
    }
}
