using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>A datagram as it came.</summary>
/// <param name="Pid">The sender, in our pid namespace (SO_PASSCRED, unix(7)); 0: it has none here.</param>
public readonly record struct NotifyDatagram(int Pid, byte[] Text);

/// <summary>
/// The receiving end of sd_notify(3): a datagram socket in a directory, that does not block: wait for the handle to be
/// readable, then <see cref="TryReceive"/>.
/// </summary>
public sealed unsafe class NotifySocket : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Its name in the directory.</summary>
    public const string Name = "socket";

    private const int AF_UNIX = 1, SOL_SOCKET = 1, SO_PASSCRED = 16, SCM_CREDENTIALS = 2;
    private const int Largest = 4096;

    private NotifySocket(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    [DllImport("libc", SetLastError = true)]
    private static extern int socket(int domain, int type, int protocol);

    [DllImport("libc", SetLastError = true)]
    private static extern int bind(int fd, byte* address, uint length);

    [DllImport("libc", SetLastError = true)]
    private static extern int setsockopt(int fd, int level, int name, int* value, uint length);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recvmsg(int fd, nint* message, int flags);

    /// <summary>Makes the socket, in the place of one that is there, for everybody who can reach the directory to write to.</summary>
    public static NotifySocket Bind(string directory)
    {
        const int SOCK_DGRAM = 2, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
        var fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        var made = fd >= 0 ? new NotifySocket(fd) : throw new LinuxException("socket", Marshal.GetLastPInvokeError(), flags: "AF_UNIX, SOCK_DGRAM");
        try
        {
            var yes = 1;
            if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(int)) != 0)
            {
                throw new LinuxException("setsockopt", Marshal.GetLastPInvokeError(), flags: "SO_PASSCRED");
            }

            File.Delete($"{directory}/{Name}");
            BindIn(directory, fd);
            File.SetUnixFileMode($"{directory}/{Name}", (UnixFileMode)0b110_110_110);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>The very socket that another process holds open under this number; null when it holds none, or may not be asked (before Linux 5.6 nobody can).</summary>
    public static NotifySocket? Take(PidFd holder, int number)
    {
        const nint SYS_pidfd_getfd = 438;
        var fd = (int)Libc.syscall(SYS_pidfd_getfd, holder.DangerousGetHandle(), number, 0, 0);
        return fd >= 0 ? new NotifySocket(fd) : null;
    }

    /// <summary>The next datagram, cut at 4096 bytes; null when there is none for now.</summary>
    public NotifyDatagram? TryReceive()
    {
        var text = stackalloc byte[Largest];
        // struct msghdr of 64-bit Linux, and room for one struct ucred and no more: descriptors that are sent along are dropped by the kernel.
        const int Control = 32;
        var control = stackalloc byte[Control];
        var vector = stackalloc nint[] { (nint)text, Largest };
        var message = stackalloc nint[] { 0, 0, (nint)vector, 1, (nint)control, Control, 0 };
        const int MSG_CMSG_CLOEXEC = 0x40000000, EINTR = 4, EAGAIN = 11;
        while (true)
        {
            var length = recvmsg((int)handle, message, MSG_CMSG_CLOEXEC);
            if (length >= 0)
            {
                return new NotifyDatagram(Sender(control, message[5]), new ReadOnlySpan<byte>(text, (int)length).ToArray());
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EAGAIN: return null;
                case EINTR: continue;
                case var errno: throw new LinuxException("recvmsg", errno, $"fd {handle}");
            }
        }
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private static int Sender(byte* control, nint length) =>
        length >= 28 && *(int*)(control + 8) == SOL_SOCKET && *(int*)(control + 12) == SCM_CREDENTIALS ? *(int*)(control + 16) : 0;

    // By way of the directory's descriptor: a path may be longer than the 107 bytes of an address.
    private static void BindIn(string directory, int fd)
    {
        const int O_PATH = 0x200000, O_DIRECTORY = 0x10000;
        int at;
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + "\0"))
        {
            at = Libc.open(path, O_PATH | O_DIRECTORY | Libc.O_CLOEXEC, 0);
        }

        if (at < 0)
        {
            throw new LinuxException("open", Marshal.GetLastPInvokeError(), directory, "O_PATH|O_DIRECTORY");
        }

        try
        {
            const int SizeOfFamily = 2;
            var address = new byte[110];
            address[0] = AF_UNIX;
            var length = Encoding.ASCII.GetBytes($"/proc/self/fd/{at}/{Name}", address.AsSpan(SizeOfFamily));
            fixed (byte* a = address)
            {
                if (bind(fd, a, (uint)(SizeOfFamily + length + 1)) != 0)
                {
                    throw new LinuxException("bind", Marshal.GetLastPInvokeError(), $"{directory}/{Name}");
                }
            }
        }
        finally
        {
            _ = Libc.close(at);
        }
    }
}
