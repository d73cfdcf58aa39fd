using Devoxx.Native;
using Devoxx.Native.Terminals;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The terminal of a container: a pair of its own devpts, the master sent to whoever made the container. The slave is taken from the master
/// (TIOCGPTPEER), never by a path that the container could have exchanged (CVE-2025-52565).
/// </summary>
internal static unsafe class ContainerConsole
{
    /// <summary>Opens the pair and sends the master over a Unix socket; the slot returned holds the slave.</summary>
    /// <param name="root">The slot or number of a directory on whose <c>dev/pts</c> the container's devpts is.</param>
    public static Argument Open(OperationList operations, Argument root, int socket, ConsoleSize? size, bool endsLinesPlainly)
    {
        var how = (ulong*)operations.Allocate(3 * sizeof(ulong));
        how[0] = O_RDWR | O_NOCTTY | O_CLOEXEC;
        how[2] = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS;
        var (master, slave) = (operations.NewSlot(), operations.NewSlot());
        operations.Syscall(Nr.openat2, "open", "/dev/pts/ptmx", "O_RDWR|O_NOCTTY", root, operations.Text("dev/pts/ptmx"), how, 3 * sizeof(ulong)).Into(master);
        operations.Add(OperationKind.RequireFilesystem, "statfs", "/dev/pts/ptmx", "a devpts", master, DEVPTS_SUPER_MAGIC);
        operations.Add(OperationKind.RequireCharacterDevice, "stat", "/dev/pts/ptmx", "char 5:2", master, 5, 2);
        operations.Syscall(Nr.ioctl, "ioctl", "/dev/pts/ptmx", "TIOCSPTLCK", master, TIOCSPTLCK, operations.Allocate(4));
        operations.Syscall(Nr.ioctl, "ioctl", "/dev/pts/ptmx", "TIOCGPTPEER", master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC).Into(slave);
        if (size is { Height: > 0, Width: > 0 })
        {
            var window = (WindowSize*)operations.Allocate(sizeof(WindowSize));
            (window->Rows, window->Columns) = ((ushort)size.Height, (ushort)size.Width);
            operations.Syscall(Nr.ioctl, "ioctl", "terminal", "TIOCSWINSZ", slave, TIOCSWINSZ, window);
        }

        if (endsLinesPlainly)
        {
            operations.Add(OperationKind.EndLinesPlainly, "ioctl", "terminal", "TCSETS", slave);
        }

        Send(operations, master, socket);
        operations.Syscall(Nr.close, "close", "/dev/pts/ptmx", null, master);
        return slave;
    }

    /// <summary>Puts the slave at <c>/dev/console</c>.</summary>
    public static void Bind(RootOperations root, Argument slave)
    {
        var target = root.Open("/dev/console", CreateMissing.File, RESOLVE_NO_SYMLINKS);
        root.BindAt(slave, target, false, "/dev/console");
        root.Close(target);
    }

    /// <summary>Makes it the controlling terminal and the standard descriptors; the process must lead a session.</summary>
    public static void Attach(OperationList operations, Argument slave)
    {
        operations.Syscall(Nr.ioctl, "ioctl", "terminal", "TIOCSCTTY", slave, TIOCSCTTY, 0);
        for (var fd = 0; fd <= 2; fd++)
        {
            operations.Syscall(Nr.dup3, "dup3", "terminal", null, slave, fd, 0);
        }
    }

    // sendmsg(2) with SCM_RIGHTS; the name beside it is what runc sends too, and engines log.
    private static void Send(OperationList operations, Argument master, int socket)
    {
        const int SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000;
        var control = (byte*)operations.Allocate(24);
        *(nint*)control = 20; // CMSG_LEN(sizeof(int))
        *(int*)(control + 8) = SOL_SOCKET;
        *(int*)(control + 12) = SCM_RIGHTS;
        var vector = (nint*)operations.Allocate(2 * sizeof(nint));
        vector[0] = operations.Text("/dev/ptmx");
        vector[1] = 9;

        // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
        var message = (nint*)operations.Allocate(7 * sizeof(nint));
        message[2] = (nint)vector;
        message[3] = 1;
        message[4] = (nint)control;
        message[5] = 24;
        operations.Add(OperationKind.StoreInt, "store", "terminal", null, master, control + 16);
        operations.Syscall(Nr.sendmsg, "sendmsg", "console socket", "SCM_RIGHTS", socket, message, MSG_NOSIGNAL);
    }
}
