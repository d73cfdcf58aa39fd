using System.Text;
using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Launch;

/// <summary>Unix stream sockets (unix(7)) by number.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>Connects to the socket at a path, such as an engine's <c>--console-socket</c>.</summary>
    public static int Connect(string path)
    {
        var socket = (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");

        // By way of a descriptor, because a path in sockaddr_un has room for 108 bytes only.
        var target = FileDescriptor.Open(path, O_PATH);
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = AF_UNIX;
        Encoding.ASCII.GetBytes($"/proc/self/fd/{target}", new Span<byte>(address + 2, 108));
        var result = RawSyscall.InvokeBlocking(Nr.connect, socket, (nint)address, 110);
        FileDescriptor.Close(target);
        FileDescriptor.Check(result, "connect", path);
        return socket;
    }
}
