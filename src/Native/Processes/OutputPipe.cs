using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>A pipe(2) for what another process writes: its reading end does not block.</summary>
public sealed unsafe class OutputPipe : IDisposable
{
    public OutputPipe()
    {
        var ends = stackalloc int[2];
        const nint SYS_pipe2 = 293;
        if (Libc.syscall(SYS_pipe2, (nint)ends, Libc.O_CLOEXEC, 0, 0) != 0)
        {
            throw new LinuxException("pipe2", Marshal.GetLastPInvokeError(), flags: "O_CLOEXEC");
        }

        (Reader, Writer) = (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        const int F_SETFL = 4, O_NONBLOCK = 0x800;
        if (Libc.fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
        {
            throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), $"fd {ends[0]}", "F_SETFL, O_NONBLOCK");
        }
    }

    /// <summary>To wait for, until there is something to read or nothing will come any more.</summary>
    public SafeFileHandle Reader { get; }

    /// <summary>To give to the process; close it here once that has it, or the end will never be seen.</summary>
    public SafeFileHandle Writer { get; }

    /// <summary>Reads what is there. Null: nothing is, for now; 0: nothing will be any more.</summary>
    public int? TryRead(Span<byte> buffer)
    {
        fixed (byte* b = buffer)
        {
            while (true)
            {
                var length = Libc.read((int)Reader.DangerousGetHandle(), b, (nuint)buffer.Length);
                if (length >= 0)
                {
                    return (int)length;
                }

                const int EINTR = 4, EAGAIN = 11;
                var errno = Marshal.GetLastPInvokeError();
                if (errno == EAGAIN)
                {
                    return null;
                }

                if (errno != EINTR)
                {
                    throw new LinuxException("read", errno, "pipe");
                }
            }
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
