using System.Text;

namespace Devoxx.Native.Files;

/// <summary>Paths as the kernel takes them: UTF-8 and a NUL at the end.</summary>
internal static class CPath
{
    /// <exception cref="ArgumentException">The path is empty or holds a NUL, which the kernel would take for its end.</exception>
    public static byte[] Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0'))
        {
            throw new ArgumentException("a path cannot hold a NUL character", nameof(path));
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }

    /// <summary>A file name out of the kernel, for messages: names need not be UTF-8.</summary>
    public static string Show(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }
}
