using System.Text;
using Devoxx.Native;
using Devoxx.Native.Sockets;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Launch;

/// <summary>Unix stream sockets (unix(7)) by number.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>Makes a socket of mode 0600 in a directory and listens on it, without blocking.</summary>
    public static int Listen(string directory, string name)
    {
        var socket = (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
        var parent = FileDescriptor.Open(directory, O_PATH | O_DIRECTORY);

        // By way of the directory's descriptor, because a path in sockaddr_un has room for 108 bytes only (unix(7)).
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = AF_UNIX;
        Encoding.ASCII.GetBytes($"/proc/self/fd/{parent}/{name}", new Span<byte>(address + 2, 108));
        var mask = RawSyscall.Invoke(Nr.umask, 0x7f /* 0177 */);
        var result = RawSyscall.Invoke(Nr.bind, socket, (nint)address, 110);
        RawSyscall.Invoke(Nr.umask, mask);
        FileDescriptor.Close(parent);
        FileDescriptor.Check(result, "bind", $"{directory}/{name}");
        FileDescriptor.Check(RawSyscall.Invoke(Nr.listen, socket, 16), "listen", $"{directory}/{name}");
        return socket;
    }

    /// <summary>The next connection that waits; a negated error number when none does.</summary>
    public static int Accept(int listener, int flags = 0)
    {
        const int SYS_accept4 = 288;
        return (int)RawSyscall.Invoke(SYS_accept4, listener, 0, 0, SOCK_CLOEXEC | flags);
    }

    /// <summary>Sends a descriptor, with a name beside it, to who listens at a path.</summary>
    public static void SendDescriptor(string path, string name, int fd)
    {
        var socket = Connect(path);
        try
        {
            FileDescriptor.Send(socket, Encoding.UTF8.GetBytes(name), fd);
        }
        finally
        {
            FileDescriptor.Close(socket);
        }
    }

    /// <summary>Connects to the socket at a path, such as an engine's <c>--console-socket</c>.</summary>
    public static int Connect(string path) => UnixStream.Connect(path);
}
