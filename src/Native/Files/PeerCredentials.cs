using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>Who is at the other end of a Unix socket, as the kernel noted it when the connection was made (unix(7), SO_PEERCRED).</summary>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    /// <exception cref="LinuxException">No Unix socket, or not connected.</exception>
    public static unsafe PeerCredentials Of(SafeHandle socketFd)
    {
        var raw = stackalloc uint[3]; // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
        socklen_t size = 12;
        var status = FileCalls.Result(getsockopt(FileCalls.Number(socketFd), SOL_SOCKET, SO_PEERCRED, raw, &size));
        GC.KeepAlive(socketFd);
        return status < 0
            ? throw new LinuxException("getsockopt", -status, "socket", "SO_PEERCRED")
            : new PeerCredentials((int)raw[0], raw[1], raw[2]);
    }
}
