using System.Runtime.InteropServices;
using Devoxx.Native;
using Devoxx.Native.Processes;
using Devoxx.Native.Terminals;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Monitor;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Exec;

/// <summary>Connects our own terminal with one of a container, for as long as a process runs there.</summary>
internal sealed unsafe class TerminalRelay(int master)
{
    private const int Size = 16 * 1024;

    private readonly byte[] _input = new byte[Size];
    private readonly byte[] _output = new byte[Size];
    private readonly Epoll _epoll = new();
    private int _pendingStart;
    private int _pendingEnd;
    private bool _inputOpen;
    private bool _masterOpen = true;

    /// <summary>Returns when the process has ended and all its output is written.</summary>
    public ExitStatus Run(PidFd process)
    {
        using var raw = RawMode.Enter(0);
        using var resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize());
        Resize();
        FileDescriptor.SetNonBlocking(master);
        var pidFd = (int)process.DangerousGetHandle();
        _epoll.Add(pidFd);
        _epoll.Add(master);
        _inputOpen = Pollable(0);
        if (!_inputOpen)
        {
            CopyFile();
        }

        var events = stackalloc Epoll.Event[4];
        while (true)
        {
            var count = _epoll.Wait(events, 4, -1);
            for (var i = 0; i < count; i++)
            {
                var fd = (int)events[i].Fd;
                if (fd == pidFd)
                {
                    var status = process.Reap();
                    while (_masterOpen && Output())
                    {
                    }

                    return status;
                }

                if (fd == master && (events[i].Events & ~Epoll.Out) != 0 && !Output() && _masterOpen is false)
                {
                    _epoll.Remove(master);
                }

                if (fd == master && _masterOpen && (events[i].Events & Epoll.Out) != 0)
                {
                    Flush();
                }

                if (fd == 0 && _inputOpen)
                {
                    Input();
                }
            }
        }
    }

    private void Resize()
    {
        if (WindowSize.Of(0) is { } size)
        {
            size.ApplyTo(master);
        }
    }

    // A regular file cannot be polled; it is always ready.
    private bool Pollable(int fd)
    {
        try
        {
            _epoll.Add(fd);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Linux.EPERM)
        {
            return false;
        }
    }

    private void CopyFile()
    {
        fixed (byte* bytes = _input)
        {
            nint length;
            while ((length = RawSyscall.InvokeBlocking(Nr.read, 0, (nint)bytes, Size)) > 0)
            {
                for (nint done = 0; done < length;)
                {
                    var written = RawSyscall.Invoke(Nr.write, master, (nint)(bytes + done), length - done);
                    if (written > 0)
                    {
                        done += written;
                    }
                    else if (written != -Linux.EAGAIN || (!Output() && !Poll.Writable(master, 1000)))
                    {
                        return;
                    }
                }
            }
        }
    }

    private void Input()
    {
        fixed (byte* bytes = _input)
        {
            var length = RawSyscall.Invoke(Nr.read, 0, (nint)bytes, Size);
            if (length <= 0)
            {
                if (length is not (-Linux.EAGAIN or -Linux.EINTR))
                {
                    _inputOpen = false;
                    _epoll.Remove(0);
                }

                return;
            }

            (_pendingStart, _pendingEnd) = (0, (int)length);
        }

        // Until the container's terminal has taken it, nothing more is read.
        _epoll.Change(0, 0);
        Flush();
    }

    private void Flush()
    {
        fixed (byte* bytes = _input)
        {
            while (_pendingStart < _pendingEnd)
            {
                var written = RawSyscall.Invoke(Nr.write, master, (nint)(bytes + _pendingStart), _pendingEnd - _pendingStart);
                if (written == -Linux.EAGAIN)
                {
                    _epoll.Change(master, Epoll.In | Epoll.Out);
                    return;
                }

                _pendingStart = written < 0 ? _pendingEnd : _pendingStart + (int)written;
            }
        }

        _epoll.Change(master, Epoll.In);
        if (_inputOpen)
        {
            _epoll.Change(0, Epoll.In);
        }
    }

    private bool Output()
    {
        fixed (byte* bytes = _output)
        {
            var length = RawSyscall.Invoke(Nr.read, master, (nint)bytes, Size);
            if (length <= 0)
            {
                _masterOpen = length is -Linux.EAGAIN or -Linux.EINTR;
                return false;
            }

            FileDescriptor.WriteAll(1, new ReadOnlySpan<byte>(bytes, (int)length));
            return true;
        }
    }
}
