using System.Diagnostics;
using System.Text;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Sockets;

/// <summary>A connection to a Unix stream socket (unix(7)), for a thread that may wait; without System.Net.Sockets and its threads, which a short-lived process should not pay for.</summary>
public sealed unsafe class UnixStream : IDisposable
{
    private readonly SafeFileHandle _socket;

    /// <summary>What has been read, and from where to where it has not been asked for yet.</summary>
    private readonly byte[] _ahead = new byte[4096];

    private int _start, _end;

    private UnixStream(int socket) => _socket = FileCalls.Own(socket);

    /// <exception cref="LinuxException"><c>open</c>: there is no such socket, or we may not reach it; <c>connect</c>: nobody listens.</exception>
    public static UnixStream Open(string path) => new(Connect(path));

    /// <summary>As <see cref="Open"/>, for who keeps descriptors as numbers.</summary>
    public static int Connect(string path)
    {
        const int SizeOfFamily = 2, SizeOfAddress = 110;

        // By way of a descriptor, because a path in sockaddr_un has room for 108 bytes only.
        int target;
        fixed (byte* p = CPath.Of(path))
        {
            target = FileCalls.Open(p, O_PATH);
        }

        if (target < 0)
        {
            throw new LinuxException("open", -target, path);
        }

        var fd = (int)RawSyscall.Invoke(Nr.socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        var address = stackalloc byte[SizeOfAddress];
        new Span<byte>(address, SizeOfAddress).Clear();
        *(sa_family_t*)address = AF_UNIX;
        Encoding.ASCII.GetBytes($"/proc/self/fd/{target}", new Span<byte>(address + SizeOfFamily, SizeOfAddress - SizeOfFamily));
        var result = fd < 0 ? fd : (int)RawSyscall.InvokeBlocking(Nr.connect, fd, (nint)address, SizeOfAddress);
        FileCalls.Close(target);
        if (result >= 0)
        {
            return fd;
        }

        if (fd >= 0)
        {
            FileCalls.Close(fd);
        }

        throw new LinuxException(fd < 0 ? "socket" : "connect", -result, path);
    }

    /// <exception cref="LinuxException">EPIPE: the other end has closed.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        const int MSG_NOSIGNAL = 0x4000;
        fixed (byte* p = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var sent = RawSyscall.InvokeBlocking(Nr.sendto, FileCalls.Number(_socket), (nint)(p + done), bytes.Length - done, MSG_NOSIGNAL);
                done += sent >= 0 ? (int)sent : sent == -EINTR ? 0 : throw new LinuxException("sendto", -(int)sent, $"fd {FileCalls.Number(_socket)}");
            }
        }
    }

    /// <summary>Fills all of the buffer.</summary>
    /// <returns>False when the other end has closed before.</returns>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public bool Receive(Span<byte> buffer, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var count = Math.Min(buffer.Length, _end - _start);
            _ahead.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            buffer = buffer[count..];
            if (buffer.IsEmpty)
            {
                return true;
            }

            if (!Poll.IsReadable(_socket, patience - clock.Elapsed))
            {
                throw new TimeoutException();
            }

            if (!ReadAhead())
            {
                return false;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool ReadAhead()
    {
        fixed (byte* p = _ahead)
        {
            var got = FileCalls.Read(FileCalls.Number(_socket), p, _ahead.Length);
            (_start, _end) = (0, got >= 0 ? (int)got : throw new LinuxException("read", -(int)got, $"fd {FileCalls.Number(_socket)}"));
            return got > 0;
        }
    }
}
