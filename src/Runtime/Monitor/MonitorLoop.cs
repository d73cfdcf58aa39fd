using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Runtime.Launch;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Monitor;

/// <summary>
/// The life of a monitor after its container has started: one thread in epoll_wait(2), woken by output, by <c>attach.sock</c> and by the end of
/// the container. It allocates nothing for output, so that its memory stays as small as at the start.
/// </summary>
internal sealed unsafe class MonitorLoop : IDisposable
{
    private const int BufferSize = 256 * 1024;

    // So that one stream that never stops cannot keep the other, or the end of the container, waiting.
    private const int ReadsPerTurn = 16;

    private const int IdleMs = 200;

    // A read of this size is likely to have cut a line that goes on in the next: worth one more read, which finds it or nothing.
    private const int ManyBytes = 4096;

    private readonly Epoll _epoll;
    private readonly LogWriter _log;
    private readonly AttachServer? _attach;
    private readonly byte* _buffer = (byte*)Memory.Reserve(BufferSize);
    private int _stdout;
    private int _stderr;
    private bool _burst;

    /// <param name="stdout">Reading end, not blocking: a pipe, or the terminal; −1 for none.</param>
    public MonitorLoop(Epoll epoll, LogWriter log, AttachServer? attach, int stdout, int stderr)
    {
        (_epoll, _log, _attach, _stdout, _stderr) = (epoll, log, attach, stdout, stderr);
        foreach (var fd in (ReadOnlySpan<int>)[stdout, stderr])
        {
            if (fd >= 0)
            {
                epoll.Add(fd);
            }
        }
    }

    /// <summary>Returns when somebody has connected to <c>attach.sock</c>, or the time is over. Until then the output stays in its pipes, even if the container ends.</summary>
    public void AwaitAttachment(TimeSpan most) => _attach?.AwaitClient(most);

    /// <summary>Returns when the container has ended and its output is in the log.</summary>
    public ExitStatus Run(PidFd init)
    {
        var initFd = (int)init.DangerousGetHandle();
        _epoll.Add(initFd);
        const int Batch = 16;
        var events = stackalloc Epoll.Event[Batch];
        while (true)
        {
            var count = _epoll.Wait(events, Batch, _burst ? IdleMs : -1);
            if (count == 0 && _burst)
            {
                Memory.Release(_buffer, BufferSize);
                _log.Release();
                _burst = false;
            }

            var ended = false;
            for (var i = 0; i < count; i++)
            {
                var fd = (int)events[i].Fd;
                if (fd == initFd)
                {
                    ended = true;
                }
                else if (fd == _stdout || fd == _stderr)
                {
                    if ((events[i].Events & Epoll.Out) != 0)
                    {
                        _attach?.Unblock();
                    }

                    if ((events[i].Events & ~Epoll.Out) != 0)
                    {
                        Read(fd, ReadsPerTurn);
                    }
                }
                else if (_attach is not null && _attach.Owns(fd))
                {
                    _attach.OnReady(fd);
                }
            }

            if (ended)
            {
                return End(init);
            }
        }
    }

    public void Dispose()
    {
        _attach?.Dispose();
        _epoll.Dispose();
    }

    private ExitStatus End(PidFd init)
    {
        var status = init.Reap();

        // What the pipes hold is still the container's. They end with it, unless a process outside of its pid namespace has them too.
        const int MoreThanAPipeHolds = 64;
        foreach (var fd in (ReadOnlySpan<int>)[_stdout, _stderr])
        {
            if (fd >= 0)
            {
                Read(fd, MoreThanAPipeHolds);
            }
        }

        return status;
    }

    private void Read(int fd, int limit)
    {
        var name = fd == _stderr ? "stderr"u8 : "stdout"u8;
        var held = 0;
        for (var reads = 1; reads <= limit; reads++)
        {
            var length = RawSyscall.Invoke(Nr.read, fd, (nint)(_buffer + held), BufferSize - held);
            if (length == -EINTR)
            {
                continue;
            }

            if (length <= 0)
            {
                Log(ref held, 0, name, more: false);
                if (length != -EAGAIN)
                {
                    Forget(fd);
                }

                return;
            }

            _attach?.Broadcast(fd == _stderr ? AttachProtocol.Stderr : AttachProtocol.Stdout, new ReadOnlySpan<byte>(_buffer + held, (int)length));
            var much = length >= ManyBytes;
            _burst |= much;
            Log(ref held, (int)length, name, more: much && reads < limit);
            if (!much)
            {
                return;
            }
        }

        Log(ref held, 0, name, more: false);
    }

    private void Log(ref int held, int length, ReadOnlySpan<byte> stream, bool more)
    {
        var all = held + length;
        if (all == 0)
        {
            return;
        }

        var taken = _log.Take(new ReadOnlySpan<byte>(_buffer, all), stream, more);
        held = all - taken;
        if (held > 0)
        {
            new ReadOnlySpan<byte>(_buffer + taken, held).CopyTo(new Span<byte>(_buffer, held));
        }
    }

    private void Forget(int fd)
    {
        if (fd == _stdout)
        {
            _attach?.OnOutputClosed();
        }

        _epoll.Remove(fd);
        FileDescriptor.Close(fd);
        _stdout = fd == _stdout ? -1 : _stdout;
        _stderr = fd == _stderr ? -1 : _stderr;
    }
}
