using System.Runtime.InteropServices;

namespace Devoxx.Native.Files;

/// <summary>
/// Writes to a descriptor that others may share, such as standard output: no buffer, no position of its own, and every
/// failure told. (A FileStream would write at its own offset over what the others wrote; .NET's console streams hide EPIPE,
/// so that a follower whose reader has gone would never end.)
/// </summary>
public sealed unsafe partial class FdStream(int fd) : WriteOnlyStream
{
    private const int EINTR = 4, EAGAIN = 11;
    private const short POLLOUT = 4;

    /// <exception cref="LinuxException">EPIPE: nobody reads any more; ENOSPC: the disk is full; …</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = write(fd, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case EINTR:
                        break;
                    case EAGAIN:
                        // A terminal shared with a program that made it non-blocking.
                        var ready = new PollFd { fd = fd, events = POLLOUT };
                        _ = poll(&ready, 1, -1);
                        break;
                    case var errno:
                        throw new LinuxException("write", errno, $"fd {fd}");
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* fds, nuint count, int timeout);

    private struct PollFd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
