using System.Buffers;
using Devoxx.Native.Files;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Procfs;

/// <summary>Reading small files of procfs and cgroupfs, whose size stat(2) does not know.</summary>
internal static unsafe class ProcFile
{
    /// <summary>Reads a whole file into a pooled buffer, which is exchanged for a larger one when it does not fit.</summary>
    /// <returns>Bytes read.</returns>
    public static int Read(string path, ref byte[] buffer)
    {
        var length = TryRead(path, ref buffer);
        return length >= 0 ? length : throw new LinuxException("read", -length, path);
    }

    /// <returns>Bytes read, or the negative errno.</returns>
    public static int TryRead(string path, ref byte[] buffer)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, O_RDONLY);
            if (fd < 0)
            {
                return fd;
            }

            try
            {
                var length = 0;
                while (true)
                {
                    if (length == buffer.Length)
                    {
                        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                        buffer.AsSpan(0, length).CopyTo(larger);
                        ArrayPool<byte>.Shared.Return(buffer);
                        buffer = larger;
                    }

                    long got;
                    fixed (byte* b = buffer)
                    {
                        got = FileCalls.Read(fd, b + length, buffer.Length - length);
                    }

                    if (got <= 0)
                    {
                        return got < 0 ? (int)got : length;
                    }

                    length += (int)got;
                }
            }
            finally
            {
                FileCalls.Close(fd);
            }
        }
    }
}
