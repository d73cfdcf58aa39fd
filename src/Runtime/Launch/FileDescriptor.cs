using System.Text;
using Devoxx.Native;
using Devoxx.Native.Processes;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Launch;

/// <summary>Descriptors as numbers, for those that a child takes over; all are close-on-exec.</summary>
internal static unsafe class FileDescriptor
{
    /// <summary>open(2); throws <see cref="LinuxException"/>.</summary>
    public static int Open(string path, int flags, int mode = 0)
    {
        var fd = TryOpen(path, flags, mode);
        return fd >= 0 ? fd : throw new LinuxException("open", -fd, path);
    }

    /// <summary>open(2), or an error number negated.</summary>
    public static int TryOpen(string path, int flags, int mode = 0)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return (int)RawSyscall.Invoke(Nr.openat, AT_FDCWD, (nint)p, flags | O_CLOEXEC, mode);
        }
    }

    /// <summary>pipe2(2).</summary>
    public static (int Read, int Write) Pipe(int flags = 0)
    {
        var ends = stackalloc int[2];
        Check(RawSyscall.Invoke(Nr.pipe2, (nint)ends, O_CLOEXEC | flags), "pipe2");
        return (ends[0], ends[1]);
    }

    /// <summary>socketpair(2) of Unix stream sockets.</summary>
    public static (int Ours, int Theirs) SocketPair()
    {
        var ends = stackalloc int[2];
        Check(RawSyscall.Invoke(Nr.socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, (nint)ends), "socketpair");
        return (ends[0], ends[1]);
    }

    /// <summary>Another descriptor of the same open file.</summary>
    public static int Duplicate(int fd)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        return (int)Check(RawSyscall.Invoke(Nr.fcntl, fd, F_DUPFD_CLOEXEC), "fcntl", $"fd {fd}");
    }

    /// <summary>A copy of a descriptor of another process (pidfd_getfd(2)).</summary>
    public static int OfProcess(PidFd process, int fd) =>
        (int)Check(RawSyscall.Invoke(Nr.pidfd_getfd, process.DangerousGetHandle(), fd, 0), "pidfd_getfd", $"fd {fd} of the container's process");

    public static void Close(int fd)
    {
        if (fd >= 0)
        {
            RawSyscall.Invoke(Nr.close, fd);
        }
    }

    public static void SetNonBlocking(int fd)
    {
        const int F_GETFL = 3, F_SETFL = 4;
        var flags = Check(RawSyscall.Invoke(Nr.fcntl, fd, F_GETFL), "fcntl");
        Check(RawSyscall.Invoke(Nr.fcntl, fd, F_SETFL, flags | O_NONBLOCK), "fcntl");
    }

    /// <summary>Writes everything to a blocking descriptor.</summary>
    public static void WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var written = RawSyscall.InvokeBlocking(Nr.write, fd, (nint)(start + done), bytes.Length - done);
                if (written != -EINTR)
                {
                    done += (int)Check(written, "write");
                }
            }
        }
    }

    /// <summary>Receives one descriptor over a Unix socket (SCM_RIGHTS); −1 when the other end closed without sending any.</summary>
    public static int Receive(int socket)
    {
        const int MSG_CMSG_CLOEXEC = 0x40000000;
        var data = stackalloc byte[64];
        var vector = stackalloc nint[] { (nint)data, 64 };
        var control = stackalloc byte[32];
        new Span<byte>(control, 32).Clear();
        var message = stackalloc nint[] { 0, 0, (nint)vector, 1, (nint)control, 32, 0 };
        nint length;
        do
        {
            length = RawSyscall.InvokeBlocking(Nr.recvmsg, socket, (nint)message, MSG_CMSG_CLOEXEC);
        }
        while (length == -EINTR);

        Check(length, "recvmsg");
        return length == 0 || message[5] < 20 ? -1 : *(int*)(control + 16);
    }

    /// <summary>Sends bytes and with them one descriptor over a Unix socket (SCM_RIGHTS).</summary>
    public static void Send(int socket, ReadOnlySpan<byte> bytes, int fd)
    {
        const int SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000;
        fixed (byte* data = bytes)
        {
            // struct cmsghdr: 8 bytes of length (16 + 4), level, type, then the descriptor, padded to 24.
            var vector = stackalloc nint[] { (nint)data, bytes.Length };
            var control = stackalloc nint[3];
            control[0] = 20;
            ((int*)control)[2] = SOL_SOCKET;
            ((int*)control)[3] = SCM_RIGHTS;
            ((int*)control)[4] = fd;
            var message = stackalloc nint[] { 0, 0, (nint)vector, 1, (nint)control, 24, 0 };
            Check(RawSyscall.InvokeBlocking(Nr.sendmsg, socket, (nint)message, MSG_NOSIGNAL), "sendmsg", "a descriptor");
        }
    }

    public static nint Check(nint result, string call, string? subject = null) =>
        result >= 0 ? result : throw new LinuxException(call, (int)-result, subject);
}
